"""Forward: calls of modules, the outermost only."""

from threading import get_ident
from typing import Any

from ..patches import Patches
from .guard import Guard


def install(torch: Any, patches: Patches, guard: Guard) -> None:
    """Replaces `Module.__call__`, which every call of a module passes once."""
    tracker = guard.tracker
    is_compiling = guard.is_compiling
    has_gradients = torch.is_grad_enabled
    call = torch.nn.Module.__call__

    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        if tracker.busy or is_compiling() or get_ident() != tracker.thread:
            return call(self, *args, **kwargs)
        try:
            is_measured = tracker.begin_forward(self, has_gradients())
        except Exception as error:
            guard.give_up(error)
            is_measured = False
        if not is_measured:
            return call(self, *args, **kwargs)
        try:
            return call(self, *args, **kwargs)
        finally:
            try:
                tracker.end_forward()
            except Exception as error:
                guard.give_up(error)

    patches.replace(torch.nn.Module, "__call__", __call__)
