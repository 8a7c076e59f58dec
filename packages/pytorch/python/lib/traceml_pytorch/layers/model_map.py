"""Which module is which layer of which model."""

import weakref
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

from .module_walk import Found, children, inner_of, walk

#: Modules with parameters that are in no model; more are not remembered.
_MAX_STRANGERS = 1024


class Layer:
    """A module, or a part of the program that was given a name."""

    __slots__ = (
        "name", "type_name", "model", "module", "is_opaque", "is_refused", "__weakref__",
    )  # fmt: skip

    def __init__(self, name: str, type_name: Optional[str], model: "Model", found: Optional[Found]) -> None:
        self.name = name
        #: None for a part that was only given a name.
        self.type_name = type_name
        self.model = model
        self.module: Callable[[], Any] = (lambda: None) if found is None else weakref.ref(found.module)
        self.is_opaque = found is not None and found.is_opaque
        #: Its tensors cannot be followed: only its forward time is measured.
        self.is_refused = False


class Selection:
    """Which modules of a model are layers; what the others cost is their callers' own time."""

    def __init__(self, include: Sequence[str], exclude: Sequence[str], leaf_only: bool) -> None:
        self._include = tuple(include)
        self._exclude = tuple(exclude)
        self._leaf_only = leaf_only

    def takes(self, found: Found) -> bool:
        if self._leaf_only and next(children(found.module), None) is not None:
            return False
        if self._include and not any(part in found.name for part in self._include):
            return False
        return not any(part in found.name for part in self._exclude)


_EVERYTHING = Selection((), (), False)


class Model:
    """A model that was trained or asked in a step; its layers in their order."""

    def __init__(self, root: Any, selection: Selection) -> None:
        self.root: Callable[[], Any] = (lambda: None) if root is None else weakref.ref(root)
        self.selection = selection
        self.type_name: Optional[str] = None if root is None else type(_innermost(root)).__name__
        self.layers: List[Layer] = []
        #: Its place among the models of this process; None until it is part of a measured step.
        self.index: Optional[int] = None
        #: What its layers were when it was first measured: see `measure`.
        self.parameters: Optional[List[Tuple[str, str, int, int]]] = None
        #: Where its first parameter was when that was last looked at.
        self.device = "cpu"


class ModelMap:
    """The models of this process. Used by the training thread."""

    def __init__(self) -> None:
        #: All models, also such as have become part of another one.
        self.models: List[Model] = []
        #: Set when a module was met that may have been added to a model since.
        self.is_stale = False
        self._layers: Dict[int, Layer] = {}
        self._members: Dict[int, Callable[[], Any]] = {}
        self._strangers: Set[int] = set()
        self._parts: Dict[Tuple[Optional[Layer], str], Layer] = {}
        self._next_index = 0

    def knows(self, module: Any) -> bool:
        """Whether the module belongs to a model."""
        member = self._members.get(id(module))
        return member is not None and member() is module

    def find(self, module: Any) -> Optional[Layer]:
        """The layer that the module is, or None."""
        layer = self._layers.get(id(module))
        if layer is not None and layer.module() is module:
            return layer
        if module._parameters and id(module) not in self._strangers and not self.knows(module):
            if len(self._strangers) < _MAX_STRANGERS:
                self._strangers.add(id(module))
                self.is_stale = True
        return None

    def add(self, root: Any, selection: Selection = _EVERYTHING) -> Model:
        """A model with all its modules. Models that are parts of it are no longer models."""
        model = Model(root, selection)
        self.models.append(model)
        self._map(model, root)
        return model

    def refresh(self) -> None:
        """Looks again at every model that is still there."""
        self.is_stale = False
        for model in self.models:
            root = model.root()
            if root is not None:
                self._map(model, root)

    def part(self, owner: Optional[Layer], name: str) -> Layer:
        """The part with this name, inside a layer or, with None, by itself."""
        layer = self._parts.get((owner, name))
        if layer is None:
            model = self._hand_written() if owner is None else owner.model
            is_top = owner is None or owner.module() is not None and owner.module() is model.root()
            path = name if is_top or owner is None else "%s.%s" % (owner.name, name)
            layer = self._parts[(owner, name)] = Layer(path, None, model, None)
            model.layers.append(layer)
        return layer

    def number(self, model: Model) -> int:
        """The model's index, given when it is first part of a measured step."""
        if model.index is None:
            model.index = self._next_index
            self._next_index += 1
        return model.index

    def _hand_written(self) -> Model:
        for model in self.models:
            if model.type_name is None:
                return model
        model = Model(None, _EVERYTHING)
        self.models.append(model)
        return model

    def _map(self, model: Model, root: Any) -> None:
        found = walk(root)
        inside = {id(each.module) for each in found}
        old = {id(layer.module()): layer for layer in model.layers if layer.module() is not None}
        layers: List[Layer] = []
        for each in found:
            self._members[id(each.module)] = weakref.ref(each.module)
            if not model.selection.takes(each):
                continue
            known = self._layers.get(id(each.module))
            if known is not None and known.module() is each.module and known.model is not model:
                other = known.model.root()
                if other is not None and not {id(other), id(_innermost(other))} & inside:
                    # A module that two models share is the first one's.
                    continue
            layer = old.get(id(each.module))
            if layer is None or layer.name != (each.name or each.type_name):
                layer = Layer(each.name or each.type_name, each.type_name, model, each)
            self._layers[id(each.module)] = layer
            layers.append(layer)
        for each in _wrappers(root):
            self._members[id(each)] = weakref.ref(each)
        model.layers = layers + [layer for layer in model.layers if layer.type_name is None]


def _innermost(root: Any) -> Any:
    inner = inner_of(root)
    return root if inner is None else _innermost(inner)


def _wrappers(root: Any) -> List[Any]:
    inner = inner_of(root)
    return [] if inner is None else [root, *_wrappers(inner)]
