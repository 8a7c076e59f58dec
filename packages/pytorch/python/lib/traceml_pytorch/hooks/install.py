"""Puts all hooks in."""

from typing import Any

from ..device_clock import CudaClock
from ..patches import Patches
from . import backward, forward, loader, optimizer, transfer
from .guard import Guard

#: Every kind of hook by the name that `init` knows it by; the optimizer's is always in.
KINDS = {
    "dataloader": loader.install,
    "forward": forward.install,
    "backward": backward.install,
    "h2d": transfer.install,
    "optimizer": optimizer.install,
}


def install(torch: Any, patches: Patches, guard: Guard, kinds: Any = tuple(KINDS)) -> None:
    """Puts the hooks of these kinds in; one that does not fit this torch is left out, and named."""
    for kind in kinds:
        try:
            _installer(kind, guard)(torch, patches, guard)
        except Exception as error:
            import sys

            sys.stderr.write(
                "traceml: %s is not measured with this release of torch (%r).\n" % (kind, error)
            )


def _installer(kind: str, guard: Guard) -> Any:
    if kind == "forward" and hasattr(guard.tracker, "layers"):
        from ..layers import hooks

        return hooks.install
    return KINDS[kind]


def device_clock_of(torch: Any) -> Any:
    """The clock of the device that torch was built for, or None."""
    if not (getattr(torch.version, "cuda", None) or getattr(torch.version, "hip", None)):
        return None
    return CudaClock(torch.cuda)
