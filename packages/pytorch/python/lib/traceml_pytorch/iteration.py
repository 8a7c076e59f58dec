"""One pass of a training loop while it happens."""

from typing import Any, List, Optional, Set, Tuple


class Iteration:
    """Sums of what was seen since `start`. Times are seconds of the monotonic clock."""

    __slots__ = (
        "start", "wall", "cut",
        "input", "input_calls", "h2d", "h2d_calls", "forward", "forward_calls",
        "backward", "backward_calls", "optimizer", "optimizer_calls",
        "evaluated", "updated_by", "start_mark", "marks", "spans",
    )  # fmt: skip

    def __init__(self, start: float, start_mark: Any = None) -> None:
        self.start = start
        #: Length of earlier iterations that were added to this one.
        self.wall = 0.0
        #: Time of evaluations, which belong to no step.
        self.cut = 0.0
        self.input = self.h2d = self.forward = self.backward = self.optimizer = 0.0
        self.input_calls = self.h2d_calls = self.forward_calls = 0
        self.backward_calls = self.optimizer_calls = 0
        #: A known model was evaluated in it.
        self.evaluated = False
        #: Identities of the optimizers that updated in it; None before the first.
        self.updated_by: Optional[Set[int]] = None
        self.start_mark = start_mark
        self.marks: Optional[List[Tuple[int, Any, Any]]] = None
        self.spans: Optional[List[Tuple[Any, Any]]] = None

    @property
    def explained(self) -> float:
        """Seconds of everything but updates."""
        return self.input + self.h2d + self.forward + self.backward + self.cut

    def only_fetched(self) -> bool:
        """True while nothing was done with the batch."""
        return not (
            self.forward_calls or self.backward_calls or self.evaluated or self.updated_by
        )

    def take_in(self, other: "Iteration") -> None:
        """Adds the sums of another iteration; how long it took is the caller's to say."""
        self.wall += other.wall
        self.cut += other.cut
        self.input += other.input
        self.input_calls += other.input_calls
        self.h2d += other.h2d
        self.h2d_calls += other.h2d_calls
        self.forward += other.forward
        self.forward_calls += other.forward_calls
        self.backward += other.backward
        self.backward_calls += other.backward_calls
        self.optimizer += other.optimizer
        self.optimizer_calls += other.optimizer_calls
        self.evaluated = self.evaluated or other.evaluated
        if other.updated_by:
            self.updated_by = (self.updated_by or set()) | other.updated_by
        if other.marks:
            self.marks = [*(self.marks or ()), *other.marks]
        if other.spans:
            self.spans = [*(self.spans or ()), *other.spans]
