"""Whose the time is, and what a layer has cost so far."""

from typing import Any, Callable, List, Optional, Tuple

from .model_map import Layer


class Cost:
    """What one layer cost. Seconds of the host, and bytes of the largest call."""

    __slots__ = (
        "layer", "forward", "forward_calls", "forward_bytes",
        "backward", "backward_calls", "backward_bytes",
    )  # fmt: skip

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.forward = self.backward = 0.0
        self.forward_calls = self.backward_calls = 0
        #: None while no output, no gradient has been seen.
        self.forward_bytes: Optional[int] = None
        self.backward_bytes: Optional[int] = None

    def take_in(self, other: "Cost") -> None:
        self.forward += other.forward
        self.forward_calls += other.forward_calls
        self.forward_bytes = larger(self.forward_bytes, other.forward_bytes)
        self.backward += other.backward
        self.backward_calls += other.backward_calls
        self.backward_bytes = larger(self.backward_bytes, other.backward_bytes)


#: A mark of the device, and whose time begins there.
Marked = Tuple[Optional[Cost], Any]


class Lane:
    """One thread's time, from owner to owner."""

    __slots__ = ("owner", "since", "is_backward", "nodes", "marks", "handed")

    def __init__(self, now: float, is_backward: bool, nodes: int) -> None:
        self.owner: Optional[Cost] = None
        self.since = now
        self.is_backward = is_backward
        #: Added to numbers of nodes, which threads count for themselves.
        self.nodes = nodes
        self.marks: List[Marked] = []
        #: What the last call returned that autograd knows nothing of.
        self.handed: List[Callable[[], Any]] = []

    def hand_over(self, owner: Optional[Cost], now: float) -> None:
        before = self.owner
        if before is not None:
            if self.is_backward:
                before.backward += now - self.since
            else:
                before.forward += now - self.since
        self.owner = owner
        self.since = now


class Call:
    """A call whose outputs' gradients are awaited."""

    __slots__ = ("cost", "bytes", "phase")

    def __init__(self, cost: Cost) -> None:
        self.cost = cost
        self.bytes = 0
        self.phase = 0

    def arrived(self, size: int, phase: int) -> None:
        cost = self.cost
        if self.phase != phase:
            self.phase = phase
            self.bytes = 0
            cost.backward_calls += 1
        self.bytes += size
        cost.backward_bytes = larger(cost.backward_bytes, self.bytes)


def larger(one: Optional[int], other: Optional[int]) -> Optional[int]:
    """The larger one of those that are there."""
    if one is None or other is None:
        return other if one is None else one
    return one if one >= other else other
