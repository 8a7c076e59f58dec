"""Layers on a device: its clock is staged, its queue lags behind until it is let go."""

import contextlib
import io
import threading
import unittest
from typing import Any, Dict, List
from unittest import mock

import torch
from torch import nn
from traceml_pytorch.device_clock import CudaClock
from traceml_pytorch.hooks.guard import Guard
from traceml_pytorch.hooks.install import install
from traceml_pytorch.layers.layer_tracker import LayerTracker
from traceml_pytorch.layers.profile import LayerProfile
from traceml_pytorch.msgpack import unpack
from traceml_pytorch.patches import Patches
from traceml_pytorch.step import Step
from traceml_pytorch.step_rows import device_times

from tests.test_device import FakeCuda
from torch_tests.layer_support import EveryStep, train


class Queues(torch.autograd.Function):
    """Work of the device, forward and backward, in milliseconds."""

    @staticmethod
    def forward(context: Any, x: torch.Tensor, cuda: Any, forward_ms: float, backward_ms: float) -> Any:
        context.work = (cuda, backward_ms)
        cuda.now_ms += forward_ms
        return x.clone()

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> Any:
        cuda, backward_ms = context.work
        cuda.now_ms += backward_ms
        return gradient, None, None, None


class Works(nn.Module):
    def __init__(self, cuda: Any, forward_ms: float, backward_ms: float) -> None:
        super().__init__()
        self.work = (cuda, forward_ms, backward_ms)
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return Queues.apply(x * self.weight, *self.work)


class Device(unittest.TestCase):
    def setUp(self) -> None:
        self.cuda = FakeCuda()
        clock = self.clock = CudaClock(self.cuda)
        clock.mark()
        self.steps: List[Step] = []
        self.profile = LayerProfile(self.steps.append, 1.0, clock)
        self.profile.sampler = EveryStep()
        self.tracker = LayerTracker(self.profile, threading.get_ident(), device=clock)
        patches = Patches()
        self.addCleanup(patches.undo)
        install(torch, patches, Guard(self.tracker), ("forward", "backward", "optimizer"))
        device = mock.patch("traceml_pytorch.layers.rows.device_of", return_value="cuda:1")
        device.start()
        self.addCleanup(device.stop)

    def train(self) -> Dict[str, Any]:
        """Tables of the last step but one; the last one has no end on the device."""
        cuda = self.cuda
        inner = nn.Sequential(Works(cuda, 5, 7), nn.ReLU(inplace=True), Works(cuda, 1, 2))
        train(nn.Sequential(Works(cuda, 3, 4), inner), lambda: torch.randn(2), steps=3)
        self.tracker.end_training()
        return self.tables(self.steps[-2])

    def tables(self, step: Step) -> Dict[str, Any]:
        rows = self.profile.rows(0.0)
        found = rows.rows(step, 1, device_times(step, self.clock).phases)
        return {table: unpack(encoded[0]) for ((table, encoded),) in found.values()}

    def test_each_layer_has_the_devices_time_of_its_own_work(self) -> None:
        tables = self.train()
        forward, backward = tables["LayerForwardTimeTable"], tables["LayerBackwardTimeTable"]
        self.assertEqual(forward["layers"], ["0", "1", "1.0", "1.1", "1.2", "Sequential"])
        self.assertEqual(forward["gpu_ms"], [3, 0, 5, 0, 1, 0])
        self.assertEqual(dict(zip(backward["layers"], backward["gpu_ms"]))["1.0"], 7)
        self.assertEqual(sum(backward["gpu_ms"]), 13)
        self.assertEqual((forward["phase_gpu_ms"], backward["phase_gpu_ms"]), (9, 13))
        self.assertEqual((forward["device"], self.cuda.synchronized), ("cuda:1", 0))

    def test_marks_are_used_again(self) -> None:
        self.train()
        kept = len(self.profile.device._free)  # type: ignore[union-attr]
        self.assertEqual(kept, sum(len(marks) for lanes in self.steps[-2].layers.lanes.values() for marks in lanes))
        made = []
        event = self.clock._event
        self.clock._event = lambda **options: made.append(1) or event(**options)  # type: ignore[func-returns-value]
        self.profile.device.take(0)  # type: ignore[union-attr]
        self.assertEqual(made, [])

    def test_a_step_is_not_read_before_the_device_has_passed_it(self) -> None:
        self.train()
        step = self.steps[-2]
        self.cuda.passed_ms = step.layers.last_marks()[0].at - 1
        self.assertFalse(all(self.clock.has_passed(mark) for mark in step.layers.last_marks()))
        self.assertNotIn("LayerForwardTimeSampler", self.profile.rows(0.0).rows(step, 1, None))

    def test_a_device_that_fails_in_the_middle_of_a_pass(self) -> None:
        pool = self.profile.device
        with mock.patch.object(pool, "take", side_effect=RuntimeError("device-side assert")):
            with contextlib.redirect_stderr(io.StringIO()):
                train(Works(self.cuda, 1, 1), lambda: torch.randn(2), steps=3)
        self.tracker.end_training()
        self.assertEqual([step.layers for step in self.steps], [None] * 3)

    def test_more_marks_than_there_may_be(self) -> None:
        with mock.patch("traceml_pytorch.layers.marks.MAX_OF_STEP", 5):
            with contextlib.redirect_stderr(io.StringIO()) as said:
                train(Works(self.cuda, 1, 1), lambda: torch.randn(2), steps=3)
        self.tracker.end_training()
        self.assertEqual([step.layers for step in self.steps], [None] * 3)
        self.assertEqual(said.getvalue().count("are not measured by layer"), 1)


if __name__ == "__main__":
    unittest.main()
