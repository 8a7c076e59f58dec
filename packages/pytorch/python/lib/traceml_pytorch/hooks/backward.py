"""Backward: the entry points of autograd, the outermost only."""

import functools
from typing import Any, Callable

from ..patches import Patches
from .guard import Guard


def install(torch: Any, patches: Patches, guard: Guard) -> None:
    """Replaces `torch.autograd.backward`, which `Tensor.backward` calls, and `torch.autograd.grad`."""
    for name in ("backward", "grad"):
        original = getattr(torch.autograd, name)
        measured = _measured(original, guard)
        _keep_scriptable(original, measured)
        patches.replace(torch.autograd, name, measured)


def _measured(original: Callable[..., Any], guard: Guard) -> Callable[..., Any]:
    tracker = guard.tracker
    is_compiling = guard.is_compiling

    @functools.wraps(original)
    def gradients(*args: Any, **kwargs: Any) -> Any:
        if tracker.busy or is_compiling() or not guard.adopt_thread():
            return original(*args, **kwargs)
        try:
            guard.note_activity()
            is_measured = tracker.begin_backward()
        except Exception as error:
            guard.give_up(error)
            is_measured = False
        if not is_measured:
            return original(*args, **kwargs)
        try:
            return original(*args, **kwargs)
        finally:
            try:
                tracker.end_backward()
            except Exception as error:
                guard.give_up(error)

    return gradients


def _keep_scriptable(original: Callable[..., Any], measured: Callable[..., Any]) -> None:
    """TorchScript knows its built-in functions by identity; it must know ours as the same."""
    try:
        from torch.jit import _builtins

        known = [operator for function, operator in _builtins._builtin_ops if function is original]
        for operator in known:
            _builtins._builtin_ops.append((measured, operator))
            if _builtins._builtin_table is not None:
                _builtins._builtin_table[id(measured)] = operator
    except (ImportError, AttributeError):
        # A release that keeps them elsewhere: scripts that compile these two are rare.
        pass
