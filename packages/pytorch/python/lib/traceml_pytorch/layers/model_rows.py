"""The row of a model: its layers, and what their parameters take."""

import hashlib
import time
from typing import Any, Collection, Dict, List, Optional, Sequence, Set, Tuple

from .model_map import Layer, Model

#: Seconds between two looks at a model that has not got new layers.
_LOOK_SECONDS = 5.0
#: Rows of one model, at most: parameters that come and go (sharded ones) must not flood the run.
_MAX_ROWS = 64


class ModelRows:
    """Tells the first row of a model, and each time its layers or parameters have changed."""

    def __init__(self) -> None:
        self._told: Dict[Model, Tuple[Any, float, int]] = {}
        self._listed: Dict[Model, Set[Layer]] = {}
        self._names: Dict[str, int] = {}
        self._name_of: Dict[Model, Optional[str]] = {}

    def row(self, model: Model, called: Sequence[Layer], tick: int) -> Optional[Dict[str, Any]]:
        """The row, or None when there is nothing new. `called` are layers that ran."""
        told, looked_at, count = self._told.get(model, (None, 0.0, 0))
        if model.type_name is not None and model.root() is None:
            # It is gone: what it was when it first ran is all that can be told.
            if told is not None or model.parameters is None:
                return None
            self._told[model] = (model.parameters, looked_at, 1)
            return self._encode(model, model.parameters, tick)
        listed = self._listed.setdefault(model, set())
        is_new = not listed.issuperset(called)
        now = time.monotonic()
        if count >= _MAX_ROWS or (told is not None and not is_new and now - looked_at < _LOOK_SECONDS):
            return None
        listed.update(called)
        try:
            layers = measure(model, listed)
        except RuntimeError:
            # The model is being changed just now.
            return None
        is_told = layers == told
        self._told[model] = (layers, now, count if is_told else count + 1)
        return None if is_told else self._encode(model, layers, tick)

    def _encode(self, model: Model, layers: List[Any], tick: int) -> Dict[str, Any]:
        parameters = [(name, size) for name, _, size, _ in sorted(layers) if size > 0]
        text = "|".join("%s:%d" % each for each in parameters)
        return {
            "seq": tick,
            "ts": time.time(),
            "model_index": model.index,
            "model_signature": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
            "total_param_bytes": float(sum(size for _, size in parameters)),
            "layer_count": len(layers),
            "layers": [name for name, _, _, _ in layers],
            "layer_bytes": [size for _, _, size, _ in layers],
            "model_name": self._name(model),
            "layer_types": [type_name or None for _, type_name, _, _ in layers],
            "layer_trainable_bytes": [trained for _, _, _, trained in layers],
        }

    def _name(self, model: Model) -> Optional[str]:
        """Its class, with a number where that is not the first of it."""
        if model not in self._name_of:
            name = model.type_name
            if name is not None:
                count = self._names[name] = self._names.get(name, 0) + 1
                name = name if count == 1 else "%s %d" % (name, count)
            self._name_of[model] = name
        return self._name_of[model]


def device_of(model: Model) -> str:
    """Where the model's first parameter lies."""
    root = model.root()
    parameter = None if root is None else next(root.parameters(), None)
    if parameter is not None:
        model.device = str(parameter.device)
    return model.device


def measure(model: Model, called: Collection[Layer]) -> List[Tuple[str, str, int, int]]:
    """Name, class, bytes and trained bytes of layers that ran or have parameters.

    Raises RuntimeError when another thread changes the model meanwhile.
    """
    seen: Set[int] = set()
    found = []
    for layer in list(model.layers):
        module = layer.module()
        size = trained = 0
        if module is not None:
            own = module.parameters() if layer.is_opaque else module._parameters.values()
            for parameter in own:
                if parameter is None or id(parameter) in seen:
                    continue
                seen.add(id(parameter))
                held = _bytes(parameter)
                size += held
                trained += held if parameter.requires_grad else 0
        if size or layer in called:
            found.append((layer.name, layer.type_name or "", size, trained))
    return found


def _bytes(parameter: Any) -> int:
    # Of a parameter that is spread over ranks, the part that is here.
    here = getattr(parameter, "_local_tensor", parameter)
    try:
        return int(here.numel()) * int(here.element_size())
    except Exception:
        # One that has no shape yet.
        return 0
