"""Which rank of a run this process is."""

import os
import socket
from typing import Any, Mapping, NamedTuple, Optional


class Identity(NamedTuple):
    """Place of this process in a distributed run."""

    global_rank: int
    local_rank: int
    world_size: int
    local_world_size: int
    node_rank: int
    hostname: str
    pid: int


def resolve_identity(env: Mapping[str, str], distributed: Any = None) -> Identity:
    """From the variables that launchers set, then from `torch.distributed`, once initialized.

    A missing, blank or unparsable variable counts as absent. The local world size is never guessed.
    """
    group = _Group(distributed)
    global_rank = _first(_integer(env, "RANK"), group.rank, 0)
    world_size = max(1, _first(_integer(env, "WORLD_SIZE"), group.world_size, 1))
    local_world_size = max(1, _first(_integer(env, "LOCAL_WORLD_SIZE"), 1))
    is_distributed = world_size > 1 or group.rank is not None
    implied = global_rank % local_world_size if is_distributed else 0
    return Identity(
        global_rank,
        max(0, _first(_integer(env, "LOCAL_RANK"), implied)),
        world_size,
        local_world_size,
        _first(
            _integer(env, "GROUP_RANK"),
            _integer(env, "NODE_RANK"),
            max(0, global_rank // local_world_size),
        ),
        socket.gethostname(),
        os.getpid(),
    )


class _Group:
    """The default process group; both None without one."""

    def __init__(self, distributed: Any) -> None:
        self.rank: Optional[int] = None
        self.world_size: Optional[int] = None
        try:
            if distributed is not None and distributed.is_available() and distributed.is_initialized():
                self.rank = int(distributed.get_rank())
                self.world_size = int(distributed.get_world_size())
        except Exception:
            # Half a process group says nothing.
            self.rank = self.world_size = None


def _integer(env: Mapping[str, str], name: str) -> Optional[int]:
    try:
        return int(env.get(name, ""))
    except ValueError:
        return None


def _first(*values: Optional[int]) -> int:
    for value in values:
        if value is not None:
            return value
    return 0
