"""Copies to the device: tensors that are moved by `to` or `cuda`."""

from threading import get_ident
from typing import Any

from ..patches import Patches
from .guard import Guard


def install(torch: Any, patches: Patches, guard: Guard) -> None:
    """Only for a torch that was built for a device; otherwise there is nothing to copy to."""
    if not (getattr(torch.version, "cuda", None) or getattr(torch.version, "hip", None)):
        return
    for name, is_to_device in (("to", names_device), ("cuda", _always)):
        original = getattr(torch.Tensor, name)
        patches.replace(
            torch.Tensor, name, _measured(torch, original, name, is_to_device, guard)
        )


def _measured(torch: Any, original: Any, name: str, is_to_device: Any, guard: Guard) -> Any:
    tracker = guard.tracker
    is_compiling = guard.is_compiling
    parameter = torch.nn.Parameter

    def move(self: Any, *args: Any, **kwargs: Any) -> Any:
        if tracker.busy or is_compiling() or get_ident() != tracker.thread:
            return original(self, *args, **kwargs)
        try:
            is_measured = (
                not isinstance(self, parameter)
                and not self.is_cuda
                and is_to_device(torch, args, kwargs)
                and tracker.begin_transfer()
            )
        except Exception as error:
            guard.give_up(error)
            is_measured = False
        if not is_measured:
            return original(self, *args, **kwargs)
        try:
            return original(self, *args, **kwargs)
        finally:
            try:
                tracker.end_transfer()
            except Exception as error:
                guard.give_up(error)

    move.__name__ = name
    move.__qualname__ = "Tensor." + name
    move.__doc__ = original.__doc__
    return move


def _always(torch: Any, args: Any, kwargs: Any) -> bool:
    return True


def names_device(torch: Any, args: Any, kwargs: Any) -> bool:
    """Whether the arguments of `Tensor.to` name a CUDA device, in any of its forms."""
    target = kwargs.get("device")
    if target is None:
        target = args[0] if args else kwargs.get("other")
    if isinstance(target, torch.device):
        return target.type == "cuda"
    if isinstance(target, str):
        return target == "cuda" or target.startswith("cuda:")
    if isinstance(target, bool):
        return False
    if isinstance(target, int):
        return True
    return isinstance(target, torch.Tensor) and target.is_cuda
