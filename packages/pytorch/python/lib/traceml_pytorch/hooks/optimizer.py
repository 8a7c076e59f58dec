"""Optimizer: updates of every optimizer of torch, and of the scaler of mixed precision."""

import functools
import importlib
from threading import get_ident
from typing import Any

from ..patches import Patches
from .guard import Guard


def install(torch: Any, patches: Patches, guard: Guard) -> None:
    """Uses torch's hooks for all optimizers, or replaces `step` of every class in older releases."""
    begin, end = _hooks(guard)
    # Not an attribute of its package, which takes its own name away.
    module = importlib.import_module("torch.optim.optimizer")
    if hasattr(module, "register_optimizer_step_post_hook"):
        handles = (
            module.register_optimizer_step_pre_hook(begin),
            module.register_optimizer_step_post_hook(end),
        )
        patches.on_undo(lambda: [handle.remove() for handle in handles])
    else:
        _wrap_classes(torch.optim.Optimizer, patches, begin, end)
    _wrap_scalers(torch, patches, guard)


def _hooks(guard: Guard) -> Any:
    tracker = guard.tracker
    is_compiling = guard.is_compiling

    def begin(optimizer: Any, args: Any, kwargs: Any) -> None:
        if is_compiling():
            return
        try:
            if tracker.busy:
                tracker.note_inner_update(id(optimizer))
            elif guard.adopt_thread():
                guard.note_activity()
                tracker.begin_update(id(optimizer))
        except Exception as error:
            guard.give_up(error)

    def end(optimizer: Any, args: Any, kwargs: Any) -> None:
        if is_compiling() or tracker.busy or get_ident() != tracker.thread:
            return
        try:
            tracker.end_update(id(optimizer))
        except Exception as error:
            guard.give_up(error)

    return begin, end


def _wrap_classes(base: Any, patches: Patches, begin: Any, end: Any) -> None:
    """For torch before 2.0: `step` of a class is replaced when its first optimizer is made."""
    make = base.__init__

    @functools.wraps(make)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        owner = type(self)
        if "_traceml_step" not in vars(owner):
            patches.replace(owner, "_traceml_step", True)
            patches.replace(owner, "step", _measured_step(owner.step, begin, end))

    patches.replace(base, "__init__", __init__)


def _measured_step(original: Any, begin: Any, end: Any) -> Any:
    @functools.wraps(original)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        begin(self, args, kwargs)
        result = original(self, *args, **kwargs)
        end(self, args, kwargs)
        return result

    # Where torch looks whether it has wrapped the method for its profiler already.
    step.hooked = True  # type: ignore[attr-defined]
    return step


def _wrap_scalers(torch: Any, patches: Patches, guard: Guard) -> None:
    """A scaler that skips an update has still ended the step."""
    for scaler in _scaler_classes(torch):
        patches.replace(scaler, "step", _measured_scaler_step(vars(scaler)["step"], guard))


def _scaler_classes(torch: Any) -> Any:
    """The classes that define `step`; those that are derived from them inherit the hook."""
    found = []
    for package in (getattr(torch, "amp", None), torch.cuda.amp):
        scaler = getattr(package, "GradScaler", None)
        if scaler is not None and "step" in vars(scaler):
            found.append(scaler)
    return found


def _measured_scaler_step(original: Any, guard: Guard) -> Any:
    tracker = guard.tracker

    @functools.wraps(original)
    def step(self: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        if tracker.busy or not guard.adopt_thread():
            return original(self, optimizer, *args, **kwargs)
        try:
            guard.note_activity()
            tracker.begin_update(id(optimizer), is_scaled=True)
        except Exception as error:
            guard.give_up(error)
            return original(self, optimizer, *args, **kwargs)
        try:
            return original(self, optimizer, *args, **kwargs)
        finally:
            try:
                tracker.end_update(id(optimizer), is_scaled=True)
            except Exception as error:
                guard.give_up(error)

    return step
