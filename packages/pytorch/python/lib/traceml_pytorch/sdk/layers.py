"""Layers that the script names. Without the deep profile every call here does nothing."""

import functools
import sys
from typing import Any, Callable, List, Optional, Sequence

from ..runtime import runtime


class layer:
    """Measures a part of the forward pass as a layer of its own, under the deep profile.

    ``with traceml.layer("attention"): ...`` measures its forward time. As a decorator of a
    function, its output and backward pass too. Inside a module the part belongs to that module.
    """

    def __init__(self, name: str) -> None:
        self._name = str(name)
        self._entered: List[Any] = []

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        name = self._name

        @functools.wraps(function)
        def measured(*args: Any, **kwargs: Any) -> Any:
            if runtime.layers is None or runtime.guard.is_compiling():
                return function(*args, **kwargs)
            opened = _open()
            try:
                recording = runtime.layers.active
                if recording is None:
                    return function(*args, **kwargs)
                return recording.run_part(name, function, args, kwargs)
            finally:
                if opened:
                    _close()

        return measured

    def __enter__(self) -> None:
        if runtime.layers is None or runtime.guard.is_compiling():
            return
        opened, token, recording = _open(), None, runtime.layers.active
        if recording is not None:
            try:
                token = recording.enter_part(self._name)
            except Exception as error:
                runtime.layers.fail(error)
        self._entered.append((opened, recording, token))

    def __exit__(self, *_: Any) -> None:
        if not self._entered or runtime.guard.is_compiling():
            return
        opened, recording, token = self._entered.pop()
        if token is not None:
            try:
                recording.leave_part(token)
            except Exception as error:
                runtime.layers.fail(error)
        if opened:
            _close()


def trace_model_instance(
    model: Any,
    *_others: Any,
    include_names: Optional[Sequence[str]] = None,
    exclude_names: Optional[Sequence[str]] = None,
    leaf_only: bool = False,
    **_options: Any,
) -> None:
    """Names the model of the deep profile. Rarely needed: it is found by itself.

    `include_names` and `exclude_names` are parts of module names, `leaf_only` leaves out modules
    that contain others; what is left out counts for the module that calls it. Other options of the
    existing client are accepted, and have no effect: everything is measured in the same pass.
    """
    if runtime.layers is None:
        return
    try:
        runtime.layers.declare(model, include_names or (), exclude_names or (), bool(leaf_only))
    except Exception as error:
        sys.stderr.write("traceml: trace_model_instance could not use %r (%r).\n" % (type(model), error))


class _Part:
    """Stands for a module where a part runs by itself."""

    training = True


_PART = _Part()


def _open() -> bool:
    """Begins a forward phase where none is; True when the caller has to end it."""
    tracker = runtime.tracker
    if tracker.busy or not runtime.guard.adopt_thread():
        return False
    import torch

    try:
        return tracker.begin_forward(_PART, torch.is_grad_enabled())
    except Exception as error:
        runtime.guard.give_up(error)
        return False


def _close() -> None:
    try:
        runtime.tracker.end_forward()
    except Exception as error:
        runtime.guard.give_up(error)
