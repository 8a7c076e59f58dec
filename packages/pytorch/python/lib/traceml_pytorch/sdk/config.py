"""What `init` was asked for."""

from typing import NamedTuple, Optional, Tuple

from ..hooks.install import KINDS


class TraceMLInitConfig(NamedTuple):
    """Which hooks measure; what `init` returns."""

    mode: str
    patch_dataloader: bool
    patch_forward: bool
    patch_backward: bool
    patch_h2d: bool
    source: str = "user"
    disabled: bool = False

    @property
    def kinds(self) -> Tuple[str, ...]:
        """Names of the hooks: updates are always found, except in manual mode."""
        if self.mode == "manual":
            return ()
        chosen = {
            "dataloader": self.patch_dataloader,
            "forward": self.patch_forward,
            "backward": self.patch_backward,
            "h2d": self.patch_h2d,
            "optimizer": True,
        }
        return tuple(kind for kind in KINDS if chosen[kind])


#: What every outcome without recording returns.
DISABLED = TraceMLInitConfig("manual", False, False, False, False, disabled=True)

_PATCHES = ("patch_dataloader", "patch_forward", "patch_backward", "patch_h2d")


def parse_config(mode: str, *patches: Optional[bool]) -> TraceMLInitConfig:
    """The configuration of a mode. Raises ValueError for a combination that says nothing."""
    name = str(mode).strip().lower()
    if name == "custom":
        name = "selective"
    given = [option for option, value in zip(_PATCHES, patches) if value is not None]
    if name == "auto" or name == "manual":
        if given:
            raise ValueError(
                "init(mode=%r) takes no %s; use mode='selective' to choose." % (name, given[0])
            )
        return TraceMLInitConfig(name, *[name == "auto"] * 4)
    if name != "selective":
        raise ValueError("init(mode=%r) is not known; use 'auto', 'manual' or 'selective'." % mode)
    if not any(patches):
        raise ValueError("init(mode='selective') needs at least one of %s." % ", ".join(_PATCHES))
    return TraceMLInitConfig(name, *[bool(value) for value in patches])
