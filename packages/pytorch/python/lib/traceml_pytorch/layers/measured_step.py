"""The layers of a completed step, on their way to the agent's thread."""

from typing import Any, List

from ..step import Step
from .cost import Cost


class MeasuredStep:
    """Milliseconds. Made by the training thread, read by the other."""

    __slots__ = ("costs", "every", "cost_ms", "step_ms", "forward_ms", "backward_ms", "lanes")

    def __init__(self, step: Step, recording: Any, every: int) -> None:
        forward, backward = recording.spent
        #: Where the device's time passed from owner to owner.
        self.lanes = {"Forward": recording.forward_lanes, "Backward": recording.backward_lanes}
        self.costs: List[Cost] = list(recording.costs.values())
        self.every = every
        self.cost_ms = (forward + backward) * 1e3
        self.step_ms = step.traced * 1e3
        #: The whole phases without what measuring cost in them; None when there was none.
        self.forward_ms = (step.forward - forward) * 1e3 if step.forward_calls else None
        self.backward_ms = (step.backward - backward) * 1e3 if step.backward_calls else None

    def last_marks(self) -> List[Any]:
        """The device's marks after which there are no others."""
        return [marks[-1][1] for lanes in self.lanes.values() for marks in lanes]
