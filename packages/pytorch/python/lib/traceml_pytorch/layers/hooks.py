"""Forward under the deep profile: calls of modules, the inner ones too."""

from threading import get_ident
from typing import Any

from ..hooks.guard import Guard
from ..patches import Patches


def install(torch: Any, patches: Patches, guard: Guard) -> None:
    """Replaces `Module.__call__`, in place of the hook for the outermost calls only."""
    tracker = guard.tracker
    layers = tracker.layers  # type: ignore[attr-defined]
    is_compiling = guard.is_compiling
    has_gradients = torch.is_grad_enabled
    call = torch.nn.Module.__call__

    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        # First: what a compiler sees of this function must be the same in every step.
        if is_compiling():
            return call(self, *args, **kwargs)
        recording = layers.active
        if recording is not None:
            return recording.call(call, self, args, kwargs)
        if tracker.busy or get_ident() != tracker.thread:
            return call(self, *args, **kwargs)
        try:
            is_measured = tracker.begin_forward(self, has_gradients())
        except Exception as error:
            guard.give_up(error)
            is_measured = False
        if not is_measured:
            return call(self, *args, **kwargs)
        recording = layers.active
        try:
            if recording is None:
                return call(self, *args, **kwargs)
            return recording.call(call, self, args, kwargs)
        finally:
            try:
                tracker.end_forward()
            except Exception as error:
                guard.give_up(error)

    patches.replace(torch.nn.Module, "__call__", __call__)
