"""Real trainings with the hooks in, whose steps are looked at."""

import contextlib
import threading
from typing import Any, Iterator, List

import torch
from torch.utils.data import DataLoader, TensorDataset
from traceml_pytorch.hooks.guard import Guard
from traceml_pytorch.hooks.install import KINDS, install
from traceml_pytorch.patches import Patches
from traceml_pytorch.runtime import _compiling_test
from traceml_pytorch.step import Step
from traceml_pytorch.step_tracker import StepTracker

torch.set_num_threads(1)


class Trace:
    """What the hooks have seen."""

    def __init__(self) -> None:
        self.steps: List[Step] = []
        self.tracker = StepTracker(self.steps.append, threading.get_ident())
        self.errors: List[BaseException] = []

    def end(self) -> "Trace":
        self.tracker.end_training()
        return self

    def calls(self) -> List[tuple]:
        """Calls of input, forward, backward and optimizer of every step."""
        return [
            (step.input_calls, step.forward_calls, step.backward_calls, step.optimizer_calls)
            for step in self.steps
        ]


@contextlib.contextmanager
def traced(kinds: Any = tuple(KINDS)) -> Iterator[Trace]:
    """Puts the hooks in; a mistake of theirs fails the test. Takes them off at the end."""
    trace = Trace()
    patches = Patches()
    guard = Guard(trace.tracker, is_compiling=_compiling_test(torch))
    guard.give_up = trace.errors.append  # type: ignore[method-assign]
    install(torch, patches, guard, kinds)
    try:
        yield trace
    finally:
        patches.undo()
    if trace.errors:
        raise trace.errors[0]


def make_model() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4))


def make_loader(batches: int = 3, **options: Any) -> DataLoader:
    data = TensorDataset(torch.randn(batches * 4, 8), torch.randint(0, 4, (batches * 4,)))
    return DataLoader(data, batch_size=4, **options)


class Training:
    """A model, its optimizer and one step of it."""

    def __init__(self, optimizer: Any = torch.optim.SGD, **options: Any) -> None:
        self.model = make_model()
        self.loss = torch.nn.functional.cross_entropy
        self.optimizer = optimizer(self.model.parameters(), lr=0.01, **options)

    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss
