"""Trainings under the deep profile, every step of which is measured."""

import contextlib
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Optional

import torch
from traceml_pytorch.hooks.guard import Guard
from traceml_pytorch.hooks.install import KINDS, install
from traceml_pytorch.layers import profile, recording
from traceml_pytorch.layers.cost import Cost
from traceml_pytorch.layers.layer_tracker import LayerTracker
from traceml_pytorch.layers.profile import LayerProfile
from traceml_pytorch.layers.step_sampler import StepSampler
from traceml_pytorch.patches import Patches
from traceml_pytorch.runtime import _compiling_test
from traceml_pytorch.step import Step

torch.set_num_threads(1)


class EveryStep(StepSampler):
    """Measures one step in `every`, from the first one on, whatever that costs."""

    def __init__(self, every: int = 1) -> None:
        super().__init__(1.0)
        self.every = every

    def should_sample(self, step: int) -> bool:
        return step % self.every == 0

    def observe(self, step_ms: float, cost_ms: float, is_sampled: bool) -> None:
        pass


class Layers:
    """What was measured. Mistakes of the profile fail the test."""

    def __init__(self, every: int, clock: Callable[[], float]) -> None:
        self.steps: List[Step] = []
        self.profile = LayerProfile(self.steps.append, 1.0)
        self.profile.sampler = EveryStep(every)
        self.tracker = LayerTracker(self.profile, threading.get_ident(), clock=clock)
        self.errors: List[BaseException] = []
        self.profile.fail = self.errors.append  # type: ignore[method-assign]

    def measured(self) -> List[Step]:
        self.tracker.end_training()
        return [step for step in self.steps if step.layers is not None]

    def costs(self, step: int = -1, model: int = 0) -> Dict[str, Cost]:
        """Costs of one measured step, by name."""
        costs = self.measured()[step].layers.costs
        return {cost.layer.name: cost for cost in costs if cost.layer.model.index == model}

    def calls(self, step: int = -1, model: int = 0) -> Dict[str, Any]:
        """Calls forward and backward, by name."""
        return {
            name: (cost.forward_calls, cost.backward_calls)
            for name, cost in self.costs(step, model).items()
        }

    def sizes(self, step: int = -1) -> Dict[str, Any]:
        """Bytes forward and backward, by name."""
        return {
            name: (cost.forward_bytes, cost.backward_bytes)
            for name, cost in self.costs(step).items()
        }


@contextlib.contextmanager
def layers(every: int = 1, clock: Callable[[], float] = time.perf_counter) -> Iterator[Layers]:
    found = Layers(every, clock)
    patches = Patches()
    for module in (profile, recording):
        patches.replace(module, "perf_counter", clock)
    guard = Guard(found.tracker, is_compiling=_compiling_test(torch))
    guard.give_up = found.errors.append  # type: ignore[method-assign]
    install(torch, patches, guard, tuple(KINDS))
    try:
        yield found
    finally:
        patches.undo()
    if found.errors:
        raise found.errors[0]


def train(
    model: torch.nn.Module,
    batch: Callable[[], Any],
    steps: int = 3,
    loss_of: Optional[Callable[[Any], torch.Tensor]] = None,
) -> List[float]:
    """Trains and returns the losses."""
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.01)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        out = model(batch())
        loss = out.pow(2).mean() if loss_of is None else loss_of(out)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


class Clock:
    """Stands still, but for what is burnt."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def burn(self, milliseconds: float) -> None:
        self.now += milliseconds / 1e3


def burn(milliseconds: float) -> None:
    """Works, by the real clock."""
    end = time.perf_counter() + milliseconds / 1e3
    while time.perf_counter() < end:
        pass


class _BurnBackward(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: torch.Tensor, milliseconds: float, work: Any) -> torch.Tensor:
        context.work = (work, milliseconds)
        return x.clone()

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> Any:
        work, milliseconds = context.work
        work(milliseconds)
        return gradient, None, None


class Burn(torch.nn.Module):
    """Takes a given time forward, and one backward."""

    def __init__(self, forward_ms: float, backward_ms: float, work: Callable[[float], None] = burn) -> None:
        super().__init__()
        self.forward_ms, self.backward_ms, self.work = forward_ms, backward_ms, work

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.work(self.forward_ms)
        return _BurnBackward.apply(x, self.backward_ms, self.work)
