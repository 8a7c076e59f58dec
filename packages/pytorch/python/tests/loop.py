"""A training loop in slow motion: a clock that only moves when something takes its time."""

from typing import Any, List, Optional

from traceml_pytorch.step import Step
from traceml_pytorch.step_tracker import StepTracker


class Model:
    """What the tracker looks at of a module."""

    def __init__(self) -> None:
        self.training = True


class Loop:
    """Reports to a tracker what hooks would report. Times are whole units of the clock."""

    def __init__(self, device: Any = None, max_steps: Optional[int] = None) -> None:
        self.now = 0.0
        self.steps: List[Step] = []
        self.loader = object()
        self.model = Model()
        self.tracker = StepTracker(self.steps.append, 0, lambda: self.now, device, max_steps)

    def wait(self, units: float) -> None:
        """Work that no hook sees."""
        self.now += units

    def iterator(self, units: float = 0, loader: Any = None) -> None:
        self.tracker.begin_fetch(id(loader or self.loader), is_new=True)
        self.now += units
        self.tracker.end_fetch(calls=0)

    def fetch(self, units: float, loader: Any = None, is_exhausted: bool = False) -> None:
        self.tracker.begin_fetch(id(loader or self.loader))
        self.now += units
        self.tracker.end_fetch(is_exhausted=is_exhausted)

    def forward(self, units: float, model: Optional[Model] = None, gradients: bool = True) -> None:
        is_measured = self.tracker.begin_forward(model or self.model, gradients)
        self.now += units
        if is_measured:
            self.tracker.end_forward()

    def evaluate(self, units: float) -> None:
        """A forward pass of the trained model in evaluation mode, without gradients."""
        self.model.training = False
        self.forward(units, gradients=False)
        self.model.training = True

    def backward(self, units: float) -> None:
        is_measured = self.tracker.begin_backward()
        self.now += units
        if is_measured:
            self.tracker.end_backward()

    def move(self, units: float) -> None:
        is_measured = self.tracker.begin_transfer()
        self.now += units
        if is_measured:
            self.tracker.end_transfer()

    def update(self, units: float, optimizer: int = 1) -> None:
        self.tracker.begin_update(optimizer)
        self.now += units
        self.tracker.end_update(optimizer)

    def compute(self, optimizer: int = 1) -> None:
        """Forward of 3, backward of 4 and update of 1 unit."""
        self.forward(3)
        self.backward(4)
        self.update(1, optimizer)

    def times(self) -> List[tuple]:
        """Input wait, traced time, forward, backward and optimizer of every step."""
        return [
            (step.input, step.traced, step.forward, step.backward, step.optimizer)
            for step in self.steps
        ]

    def calls(self) -> List[tuple]:
        """Calls of input, forward, backward and optimizer of every step."""
        return [
            (step.input_calls, step.forward_calls, step.backward_calls, step.optimizer_calls)
            for step in self.steps
        ]
