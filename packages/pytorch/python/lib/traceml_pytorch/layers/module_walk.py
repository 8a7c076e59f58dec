"""The modules of a model by their names, as the program wrote them: wrappers have no name."""

import sys
from typing import Any, Iterator, List, NamedTuple, Optional, Set, Tuple

#: Attributes in which wrappers keep the module that they stand for.
_INNER = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
#: Packages whose modules with a single `module` inside are wrappers.
_WRAPPING = ("torch.", "deepspeed.", "accelerate.")
_MAX_FRAMES = 64


class Found(NamedTuple):
    """A module of a model."""

    #: Path in the model, parts joined by dots; empty for the model itself.
    name: str
    module: Any
    #: Class, with what makes its inside invisible: `Block (compiled)`.
    type_name: str
    #: The modules inside run where no hook sees them; they are measured as this one.
    is_opaque: bool


def walk(root: Any) -> List[Found]:
    """Every module once, under its first name, in the order of the model."""
    found: List[Found] = []
    _visit(root, "", set(), found)
    return found


def _visit(module: Any, name: str, seen: Set[int], found: List[Found]) -> None:
    if module is None or id(module) in seen:
        return
    seen.add(id(module))
    kind = _opaque_kind(module)
    inner = inner_of(module)
    if inner is not None and kind is None:
        _visit(inner, name, seen, found)
        return
    type_name = type(module if inner is None else inner).__name__
    if kind is not None:
        type_name = "%s (%s)" % (getattr(module, "original_name", type_name), kind)
    found.append(Found(name, module, type_name, kind is not None))
    if kind is None:
        for key, child in children(module):
            _visit(child, "%s.%s" % (name, key) if name else key, seen, found)


def children(module: Any) -> Iterator[Tuple[str, Any]]:
    """The modules directly inside, by name."""
    return iter(list(module._modules.items()))


def inner_of(module: Any) -> Optional[Any]:
    """The module that a wrapper stands for; None for any other."""
    modules = module._modules
    if not isinstance(modules, dict):
        # TorchScript keeps something else.
        return None
    for name in _INNER:
        if name in modules:
            return modules[name]
    if list(modules) == ["module"] and type(module).__module__.startswith(_WRAPPING):
        # DistributedDataParallel, DataParallel, SWA's AveragedModel and the like.
        return modules["module"]
    return None


def _opaque_kind(module: Any) -> Optional[str]:
    if "_orig_mod" in module._modules or vars(module).get("_compiled_call_impl") is not None:
        return "compiled"
    for base in type(module).__mro__:
        if base.__module__.startswith("torch."):
            if base.__name__ == "ScriptModule":
                return "TorchScript"
            if base.__name__ == "DataParallel":
                return "in threads"
    return None


def outermost_caller(module: Any, module_class: type, frame: Any) -> Any:
    """The largest model of which a method is running that contains `module`, else `module`.

    Frameworks call methods of a model (`training_step`), which then call its parts.
    """
    largest = module
    for _ in range(_MAX_FRAMES):
        if frame is None:
            break
        names = frame.f_code.co_varnames
        if frame.f_code.co_argcount and names:
            owner = frame.f_locals.get(names[0])
            if isinstance(owner, module_class) and owner is not largest and _contains(owner, largest):
                largest = owner
        frame = frame.f_back
    return largest


def calling_frame() -> Any:
    """The innermost frame that is not the client's own."""
    package = __name__.rpartition(".layers.")[0]
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(package):
        frame = frame.f_back
    return frame


def _contains(owner: Any, module: Any) -> bool:
    pending, seen = [owner], set()
    while pending:
        each = pending.pop()
        if each is module:
            return True
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            pending += each._modules.values()
    return False
