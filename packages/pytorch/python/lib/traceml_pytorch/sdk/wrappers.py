"""Objects whose work is to be measured, where no hook sees it.

With the hook of the same kind in place nothing is measured twice: what happens inside a phase that
is being measured belongs to that phase.
"""

import functools
from typing import Any, Callable, Iterator

from ..runtime import runtime


def wrap_dataloader_fetch(obj: Any) -> Any:
    """A loader or iterator whose `next` is input wait: for loaders that are not torch's.

    Raises TypeError for an object that is neither.
    """
    if hasattr(obj, "__next__"):
        return _Batches(obj, id(obj))
    if hasattr(obj, "__iter__"):
        return _Loader(obj)
    raise TypeError("wrap_dataloader_fetch needs a loader or an iterator, not %s." % _name(obj))


def wrap_forward(model: Any) -> Any:
    """Measures calls of this model's `forward`, also where it is called as a method.

    Returns the model itself. Raises TypeError for an object without a `forward`.
    """
    forward = getattr(model, "forward", None)
    if not callable(forward):
        raise TypeError("wrap_forward needs a module with a forward method, not %s." % _name(model))
    if not getattr(forward, "_traceml_wrapped", False):
        model.forward = _measured(
            forward,
            lambda tracker: tracker.begin_forward(model, _has_gradients()),
            lambda tracker: tracker.end_forward(),
        )
    return model


def wrap_backward(loss: Any) -> Any:
    """A stand-in for a loss, or an engine, whose `backward` is measured.

    Raises TypeError for an object without one.
    """
    if not callable(getattr(loss, "backward", None)):
        raise TypeError("wrap_backward needs an object with a backward method, not %s." % _name(loss))
    return _Backward(loss)


def wrap_optimizer(optimizer: Any) -> Any:
    """Measures this object's `step`: for optimizers that are not torch's.

    Returns the optimizer itself. Raises TypeError for an object without a `step`.
    """
    step = getattr(optimizer, "step", None)
    if not callable(step):
        raise TypeError("wrap_optimizer needs an object with a step method, not %s." % _name(optimizer))
    if not getattr(step, "_traceml_wrapped", False):
        identity = id(optimizer)

        def begin(tracker: Any) -> bool:
            tracker.begin_update(identity)
            return True

        optimizer.step = _measured(step, begin, lambda tracker: tracker.end_update(identity))
    return optimizer


def wrap_h2d(obj: Any) -> Any:
    """A stand-in for a batch whose `to` is a copy to the device: for batches that are no tensors.

    Raises TypeError for an object without a `to`.
    """
    if not callable(getattr(obj, "to", None)):
        raise TypeError("wrap_h2d needs an object with a to method, not %s." % _name(obj))
    return _Moved(obj)


def _measured(function: Callable[..., Any], begin: Any, end: Any) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        tracker = runtime.tracker
        if tracker.busy or not runtime.guard.adopt_thread():
            return function(*args, **kwargs)
        try:
            runtime.guard.note_activity()
            is_measured = begin(tracker)
        except Exception as error:
            runtime.guard.give_up(error)
            is_measured = False
        if not is_measured:
            return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        finally:
            try:
                end(tracker)
            except Exception as error:
                runtime.guard.give_up(error)

    wrapper._traceml_wrapped = True  # type: ignore[attr-defined]
    return wrapper


def _has_gradients() -> bool:
    import torch

    return bool(torch.is_grad_enabled())


def _name(obj: Any) -> str:
    return type(obj).__name__


class _Forwarding:
    """Everything but what the subclass defines is the wrapped object's."""

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)


class _Batches(_Forwarding):
    def __init__(self, iterator: Any, source: int) -> None:
        super().__init__(iterator)
        self._source = source

    def __iter__(self) -> "_Batches":
        return self

    def __next__(self) -> Any:
        return runtime.guard.fetch(self._source, next, self._wrapped)


class _Loader(_Forwarding):
    def __iter__(self) -> Iterator[Any]:
        return _Batches(iter(self._wrapped), id(self._wrapped))

    def __len__(self) -> int:
        return len(self._wrapped)


class _Backward(_Forwarding):
    def backward(self, *args: Any, **kwargs: Any) -> Any:
        return _measured(
            self._wrapped.backward,
            lambda tracker: tracker.begin_backward(),
            lambda tracker: tracker.end_backward(),
        )(*args, **kwargs)


class _Moved(_Forwarding):
    def to(self, *args: Any, **kwargs: Any) -> Any:
        if not _names_cuda(args, kwargs):
            return self._wrapped.to(*args, **kwargs)
        return _measured(
            self._wrapped.to,
            lambda tracker: tracker.begin_transfer(),
            lambda tracker: tracker.end_transfer(),
        )(*args, **kwargs)

    def __len__(self) -> int:
        return len(self._wrapped)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._wrapped)

    def __getitem__(self, key: Any) -> Any:
        return self._wrapped[key]

    def __contains__(self, item: Any) -> bool:
        return item in self._wrapped


def _names_cuda(args: Any, kwargs: Any) -> bool:
    import torch

    from ..hooks.transfer import names_device

    return names_device(torch, args, kwargs)
