"""One pass of a training loop: while it happens, and as the step that travels to the agent thread."""

from typing import Any, FrozenSet, List, Optional, Tuple

#: Phases of a step. CUT is an evaluation in the middle of one, which belongs to no step; INSIDE is
#: another phase within an update, which is not the update's.
INPUT, H2D, FORWARD, BACKWARD, OPTIMIZER, CUT, INSIDE = range(7)

#: A phase and the device's marks around it.
Marked = Tuple[int, Any, Any]


class Step:
    """Sums of what was seen since `start`. Times are seconds of the host's monotonic clock.

    Most passes set few of the attributes; the others are those of the class. (`__slots__` would
    have to set all of them, at each step of the training.)
    """

    #: Number of the step, once it is complete; from 1.
    number = 0
    #: Monotonic time at which it ended.
    ended = 0.0
    #: Everything but the input wait, once it is complete.
    traced = 0.0
    #: Length of earlier passes that were added to this one.
    wall = 0.0
    #: Time of evaluations, which belong to no step.
    cut = 0.0
    input = h2d = forward = backward = optimizer = 0.0
    input_calls = h2d_calls = forward_calls = backward_calls = optimizer_calls = 0
    #: A known model was evaluated in it.
    evaluated = False
    #: Identities of the optimizers that updated in it.
    updated_by: FrozenSet[int] = frozenset()
    #: What the device's clock says, read later: the mark at `start`, the marks around the phases,
    #: in the order in which they ended, and those around the stretches that make up the step.
    start_mark: Any = None
    marks: Optional[List[Marked]] = None
    spans: Optional[List[Tuple[Any, Any]]] = None
    #: Device, peak bytes allocated and reserved since the step before.
    memory: Optional[Tuple[str, float, float]] = None
    #: Under the deep profile what is recorded of the layers, and once complete what was measured.
    layers: Any = None

    def __init__(self, start: float) -> None:
        self.start = start

    def only_fetched(self) -> bool:
        """True while nothing was done with the batch."""
        return not (self.forward_calls or self.backward_calls or self.evaluated or self.updated_by)

    def add_mark(self, phase: int, first: Any, last: Any) -> None:
        """The device's marks around a phase; nothing where one of them could not be made."""
        if first is None or last is None:
            return
        if self.marks is None:
            self.marks = []
        self.marks.append((phase, first, last))

    def add_span(self, last: Any) -> None:
        """The stretch from the mark at `start` belongs to the step."""
        if self.start_mark is None or last is None:
            return
        self.spans = [*(self.spans or ()), (self.start_mark, last)]

    def take_in(self, other: "Step") -> None:
        """Adds the sums of another pass; how long that took is the caller's to say."""
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
        self.updated_by = self.updated_by | other.updated_by
        if other.marks:
            self.marks = [*(self.marks or ()), *other.marks]
        if other.spans:
            self.spans = [*(self.spans or ()), *other.spans]
        if other.layers is not None:
            self.layers = other.layers if self.layers is None else self.layers.joined(other.layers)
