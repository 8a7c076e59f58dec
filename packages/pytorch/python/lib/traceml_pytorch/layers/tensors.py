"""The tensors in what a module takes and gives."""

from typing import Any, List

from torch import Tensor

_MAX_DEPTH = 6
_MAX_TENSORS = 512


def tensors_in(value: Any) -> Any:
    """The tensors in tuples, lists, dictionaries and dataclasses; no code of theirs is run."""
    if type(value) is Tensor:
        return (value,)
    if type(value) is tuple and len(value) == 1 and type(value[0]) is Tensor:
        # The arguments of most modules.
        return value
    found: List[Any] = []
    _collect(value, found, _MAX_DEPTH)
    return found


def bytes_of(tensor: Any) -> int:
    """Bytes of its elements."""
    try:
        return int(tensor.nbytes)
    except (AttributeError, RuntimeError):
        # Older releases, and tensors that are not dense.
        return int(tensor.numel()) * int(tensor.element_size())


def _collect(value: Any, found: List[Any], depth: int) -> None:
    if isinstance(value, Tensor):
        if len(found) < _MAX_TENSORS:
            found.append(value)
        return
    if depth == 0 or value is None:
        return
    if isinstance(value, (tuple, list)):
        items: Any = value
    elif isinstance(value, dict):
        # Those of a subclass might be computed.
        items = dict.values(value)
    elif hasattr(type(value), "__dataclass_fields__"):
        items = getattr(value, "__dict__", {}).values()
    else:
        return
    for item in items:
        _collect(item, found, depth - 1)
