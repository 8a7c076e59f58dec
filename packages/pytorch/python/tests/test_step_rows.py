"""Rows of steps: what is in them, and that templates write what the plain encoder writes."""

import unittest
from typing import Any, Dict, Optional

from tests.loop import Loop
from traceml_pytorch.msgpack import pack, pack_integer, unpack
from traceml_pytorch.step import Step
from traceml_pytorch.step_rows import StepRows, device_times

_P = "_traceml_internal:"


def _stats(cpu: float, gpu: Optional[float], is_gpu: bool, calls: int) -> Dict[str, Any]:
    duration = gpu if is_gpu else cpu
    return {"is_gpu": is_gpu, "duration_ms": duration, "cpu_ms": cpu, "gpu_ms": gpu, "n_calls": calls}


class HostRows(unittest.TestCase):
    def test_a_whole_step(self) -> None:
        step = Step(10.0)
        step.number, step.ended, step.traced = 3, 12.0, 0.5
        step.input, step.input_calls = 0.25, 1
        step.forward, step.forward_calls = 0.125, 2
        step.backward, step.backward_calls = 0.0625, 300
        row = StepRows(1000.0).host_row(step, pack_integer(7))
        expected = {
            "seq": 7,
            "timestamp": 1012.0,
            "step": 3,
            "events": {
                _P + "dataloader_next": {"cpu": _stats(250.0, None, False, 1)},
                _P + "forward_time": {"cpu": _stats(125.0, None, False, 2)},
                _P + "backward_time": {"cpu": _stats(62.5, None, False, 300)},
                _P + "step_time": {"cpu": _stats(500.0, None, False, 1)},
            },
        }
        self.assertEqual(row, pack(expected))

    def test_no_fetch_was_no_wait_and_other_phases_are_absent(self) -> None:
        step = Step(0.0)
        row = unpack(StepRows(0.0).host_row(step, pack_integer(1)))
        self.assertEqual(list(row["events"]), [_P + "dataloader_next", _P + "step_time"])
        self.assertEqual(row["events"][_P + "dataloader_next"]["cpu"]["cpu_ms"], 0.0)

    def test_templates_are_bounded_and_reused_with_new_numbers(self) -> None:
        rows = StepRows(0.0)
        for calls in range(1, 600):
            step = Step(0.0)
            step.forward, step.forward_calls = float(calls), calls
            stats = unpack(rows.host_row(step, pack_integer(1)))["events"][_P + "forward_time"]
            self.assertEqual((stats["cpu"]["cpu_ms"], stats["cpu"]["n_calls"]), (calls * 1e3, calls))


class Stream:
    """A device whose clock is twice as slow as the host's, and that may lag behind."""

    label = "cuda:0"

    def __init__(self) -> None:
        self.loop: Optional[Loop] = None

    def mark(self) -> Any:
        return self.loop.now * 2 if self.loop is not None else None

    def has_passed(self, mark: Any) -> bool:
        return True

    def elapsed_ms(self, first: float, last: float) -> float:
        return last - first

    def take_peaks(self) -> Any:
        return "cuda:0", 1024.0, 2048.0


class DeviceRows(unittest.TestCase):
    def _loop(self) -> Loop:
        stream = Stream()
        loop = stream.loop = Loop(stream)
        return loop

    def test_every_phase_on_the_clock_of_the_device(self) -> None:
        loop = self._loop()
        for _ in range(2):
            loop.fetch(2)
            loop.move(1)
            loop.compute()
            loop.wait(5)
        step = loop.steps[0]
        times = device_times(step, loop.tracker._device)
        assert times is not None
        row = unpack(StepRows(0.0).device_row(step, pack_integer(1), "cuda:0", times))
        events = row["events"]
        self.assertEqual(
            {name[len(_P) :]: event["cuda:0"]["gpu_ms"] for name, event in events.items()},
            {
                "dataloader_next": 4, "h2d_time": 2, "forward_time": 6,
                "backward_time": 8, "optimizer_step": 2, "step_time": 28,
            },
        )  # fmt: skip
        self.assertEqual(
            [event["cuda:0"]["is_gpu"] for event in events.values()],
            [False, True, True, True, True, False],
        )
        self.assertEqual(step.memory, ("cuda:0", 1024.0, 2048.0))

    def test_micro_batches_validation_and_closures(self) -> None:
        loop, validation = self._loop(), object()
        loop.fetch(2)
        loop.forward(3)
        loop.backward(4)
        loop.fetch(5, validation)
        loop.forward(7)
        loop.fetch(2)
        loop.tracker.begin_update(1)
        loop.forward(3)
        loop.backward(4)
        loop.wait(1)
        loop.tracker.end_update(1)
        loop.fetch(2)
        times = device_times(loop.steps[0], loop.tracker._device)
        assert times is not None
        self.assertEqual(times.traced, 30)
        self.assertEqual(times.phases, {0: 8, 2: 12, 3: 16, 4: 2})

    def test_steps_that_the_script_marks(self) -> None:
        loop = self._loop()
        for _ in range(2):
            loop.fetch(2)
            loop.tracker.begin_step()
            loop.compute()
            loop.tracker.end_step(True)
        for step in loop.steps:
            times = device_times(step, loop.tracker._device)
            assert times is not None
            self.assertEqual((times.phases[0], times.traced), (4, 16))

    def test_without_marks_only_the_host_is_known(self) -> None:
        step = Step(0.0)
        step.forward_calls = 1
        self.assertIsNone(device_times(step, Stream()))
        row = unpack(StepRows(0.0).device_row(step, pack_integer(1), "cuda:0", None))
        self.assertIsNone(row["events"][_P + "forward_time"]["cuda:0"]["gpu_ms"])

    def test_memory_peaks(self) -> None:
        step = Step(0.0)
        step.number, step.ended = 7, 0.125
        row = unpack(StepRows(1000.0).memory_row(step, 2, "cuda:1", 1048576.0, 2097152.0))
        self.assertEqual(
            row,
            {
                "seq": 2, "ts": 1000.125, "model_id": None, "device": "cuda:1", "step": 7,
                "peak_alloc": 1048576.0, "peak_resv": 2097152.0,
            },
        )  # fmt: skip


if __name__ == "__main__":
    unittest.main()
