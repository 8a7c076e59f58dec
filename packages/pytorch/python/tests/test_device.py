"""The clock and the memory of a device, and the driver's readings, with stand-ins for the hardware."""

import ctypes
import unittest
from typing import Any, List

from tests.loop import Loop
from tests.server import Server, wait_for
from traceml_pytorch.agent import Agent, StepQueue
from traceml_pytorch.device_clock import CudaClock
from traceml_pytorch.identity import Identity
from traceml_pytorch.patches import Patches
from traceml_pytorch.samplers.nvml import Nvml, open_nvml
from traceml_pytorch.samplers.rows import SystemRows
from traceml_pytorch.samplers.visible import visible_devices
from traceml_pytorch.sender import Sender


class FakeCuda:
    """What the client uses of `torch.cuda`: a stream that lags behind until it is let go."""

    def __init__(self) -> None:
        self.initialized = True
        self.capturing = False
        self.now_ms = 0.0
        self.passed_ms = float("inf")
        self.synchronized = 0
        self.allocated = [100, 100]
        self.peaks = [100, 100]
        cuda = self

        class Event:
            def __init__(self, enable_timing: bool = False) -> None:
                assert enable_timing
                self.at = -1.0

            def record(self) -> None:
                assert not cuda.capturing
                self.at = cuda.now_ms

            def query(self) -> bool:
                return self.at <= cuda.passed_ms

            def elapsed_time(self, last: "Event") -> float:
                assert self.query() and last.query()
                return last.at - self.at

            def synchronize(self) -> None:
                cuda.synchronized += 1

        self.Event = Event

    def is_initialized(self) -> bool:
        return self.initialized

    def is_current_stream_capturing(self) -> bool:
        return self.capturing

    def current_device(self) -> int:
        return 1

    def max_memory_allocated(self, device: Any = None) -> int:
        return self.peaks[0]

    def max_memory_reserved(self, device: Any = None) -> int:
        return self.peaks[1]

    def memory_stats_as_nested_dict(self, device: Any = None) -> Any:
        names = ("allocated_bytes", "reserved_bytes")
        return {name: {"all": {"peak": peak}} for name, peak in zip(names, self.peaks)}

    def reset_peak_memory_stats(self, device: Any = None) -> None:
        self.peaks = list(self.allocated)

    def allocate(self, size: int) -> None:
        self.allocated[0] += size
        self.peaks = [max(self.peaks[0], self.allocated[0]), max(self.peaks[1], self.allocated[0])]


class Clock(unittest.TestCase):
    def test_nothing_is_marked_before_the_program_uses_the_device(self) -> None:
        cuda = FakeCuda()
        cuda.initialized = False
        clock = CudaClock(cuda)
        self.assertIsNone(clock.mark())
        self.assertIsNone(clock.label)
        self.assertIsNone(clock.take_peaks())

    def test_nothing_is_marked_while_a_graph_is_captured(self) -> None:
        cuda = FakeCuda()
        cuda.capturing = True
        self.assertIsNone(CudaClock(cuda).mark())

    def test_a_device_that_has_failed_is_the_programs_to_report(self) -> None:
        cuda = FakeCuda()
        clock = CudaClock(cuda)
        clock.mark()

        def fail(device: Any = None) -> Any:
            raise RuntimeError("device-side assert triggered")

        cuda.memory_stats_as_nested_dict = fail  # type: ignore[method-assign]
        cuda.Event.record = fail  # type: ignore[attr-defined]
        self.assertIsNone(clock.mark())
        self.assertIsNone(clock.take_peaks())

    def test_a_mark_is_read_once_the_device_has_passed_it(self) -> None:
        cuda = FakeCuda()
        clock = CudaClock(cuda)
        first = clock.mark()
        cuda.now_ms = 12.5
        last = clock.mark()
        cuda.passed_ms = 10
        self.assertEqual((clock.has_passed(first), clock.has_passed(last)), (True, False))
        cuda.passed_ms = 20
        self.assertEqual(clock.elapsed_ms(first, last), 12.5)
        self.assertEqual((clock.label, cuda.synchronized), ("cuda:1", 0))


class Peaks(unittest.TestCase):
    def test_each_step_has_its_own_peak(self) -> None:
        cuda = FakeCuda()
        clock = CudaClock(cuda)
        clock.mark()
        cuda.allocate(500)
        cuda.allocate(-500)
        self.assertEqual(clock.take_peaks(), ("cuda:1", 600.0, 600.0))
        self.assertEqual(clock.take_peaks(), ("cuda:1", 100.0, 100.0))

    def test_the_program_sees_its_own_peaks(self) -> None:
        cuda = FakeCuda()
        clock, patches = CudaClock(cuda), Patches()
        clock.mark()
        clock.install(patches)
        cuda.allocate(500)
        cuda.allocate(-500)
        clock.take_peaks()
        for device in (None, 1, "cuda:1", "cuda"):
            self.assertEqual(cuda.max_memory_allocated(device), 600)
        cuda.reset_peak_memory_stats()
        self.assertEqual(cuda.max_memory_allocated(), 100)
        patches.undo()
        self.assertEqual(vars(cuda).get("max_memory_allocated"), None)


class Steps(unittest.TestCase):
    """From the marks of a training to the rows that arrive."""

    def _agent(self, server: Server, cuda: FakeCuda) -> Any:
        queue, identity = StepQueue(), Identity(0, 0, 1, 1, 0, "host", 1)
        clock = CudaClock(cuda)
        loop = Loop(clock)
        loop.tracker._emit = queue.put
        sender = Sender("127.0.0.1", server.port, identity, "s")
        nothing = lambda: None  # noqa: E731
        agent = Agent(
            sender, queue, identity, 60.0, lambda: loop.tracker.completed,
            nothing, nothing, nothing, None, clock,
        )  # fmt: skip
        return loop, agent

    def _train(self, loop: Loop, cuda: FakeCuda, steps: int) -> None:
        for _ in range(steps):
            for part, units in ((loop.fetch, 2), (loop.forward, 3), (loop.backward, 4)):
                part(units)
                cuda.now_ms = loop.now * 2
            loop.update(1)
            cuda.now_ms = loop.now * 2

    def test_a_step_waits_for_the_device_and_no_longer(self) -> None:
        with Server() as server:
            cuda = FakeCuda()
            cuda.passed_ms = 25
            loop, agent = self._agent(server, cuda)
            agent.start()
            self._train(loop, cuda, 4)
            wait_for(lambda: len(server.rows("StepTimeTable")) == 1)
            cuda.passed_ms = float("inf")
            wait_for(lambda: len(server.rows("StepTimeTable")) == 3)
            loop.tracker.end_training()
            self.assertTrue(agent.finish(5))
            rows = server.rows("StepTimeTable")
            self.assertEqual([row["step"] for row in rows], [1, 2, 3, 4])
            self.assertEqual([row["peak_alloc"] for row in server.rows("step_memory")], [100.0] * 4)
            self.assertEqual(cuda.synchronized, 0)

    def test_a_device_that_hangs_costs_its_times_not_the_steps(self) -> None:
        with Server() as server:
            cuda = FakeCuda()
            cuda.passed_ms = -1
            loop, agent = self._agent(server, cuda)
            agent.start()
            self._train(loop, cuda, 3)
            loop.tracker.end_training()
            self.assertTrue(agent.finish(2))
            rows = server.rows("StepTimeTable")
            self.assertEqual([row["step"] for row in rows], [1, 2, 3])
            for row in rows:
                for event in row["events"].values():
                    self.assertIsNone(event["cuda:1"]["gpu_ms"])


class FakeLibrary:
    """The functions of the driver's library that are used; the second GPU cannot tell its power."""

    def nvmlInit_v2(self) -> int:
        return 0

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:
        return self._set(count, 3)

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, handle: Any) -> int:
        return 1 if index >= 2 else self._set(handle, index + 1)

    def nvmlDeviceGetUtilizationRates(self, handle: Any, rates: Any) -> int:
        rates._obj.gpu = 90 + handle.value
        return 0

    def nvmlDeviceGetMemoryInfo(self, handle: Any, memory: Any) -> int:
        memory._obj.used, memory._obj.total = 1 << 33, 1 << 36
        return 0

    def nvmlDeviceGetTemperature(self, handle: Any, sensor: int, value: Any) -> int:
        return self._set(value, 54)

    def nvmlDeviceGetPowerUsage(self, handle: Any, value: Any) -> int:
        return 3 if handle.value == 2 else self._set(value, 310250)

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: Any, value: Any) -> int:
        return self._set(value, 700000)

    def nvmlDeviceGetIndex(self, handle: Any, value: Any) -> int:
        return self._set(value, handle.value - 1)

    def nvmlDeviceGetUUID(self, handle: Any, text: Any, length: Any) -> int:
        text.value = b"GPU-%d-abc" % handle.value
        return 0

    def nvmlDeviceGetName(self, handle: Any, text: Any, length: Any) -> int:
        text.value = b"Stub"
        return 0

    def nvmlDeviceGetComputeRunningProcesses_v3(self, handle: Any, count: Any, found: Any) -> int:
        if handle.value == 2:
            return 15
        found[0].pid, found[0].used = self.pid, 1 << 20
        return self._set(count, 1)

    pid = 77

    def _set(self, reference: Any, value: int) -> int:
        reference._obj.value = value
        return 0


class Driver(unittest.TestCase):
    def test_readings_in_the_order_of_the_driver(self) -> None:
        whole: List[Any] = [91.0, float(1 << 33), float(1 << 36), 54.0, 310.25, 700.0]
        partly = [92.0, float(1 << 33), float(1 << 36), 54.0, None, 700.0]
        self.assertEqual(Nvml(FakeLibrary()).read(), [whole, partly, [None] * 6])

    def test_only_the_gpus_of_the_run_in_its_order(self) -> None:
        nvml = Nvml(FakeLibrary(), ["GPU-2", "0", "7", "1"])
        self.assertEqual([reading[0] for reading in nvml.read()], [92.0, 91.0])
        self.assertEqual([one["host_index"] for one in nvml.describe()], [1, 0])

    def test_what_the_variable_selects(self) -> None:
        cases: Any = [
            (None, 4, None),
            ("", 1, []),
            ("1,0", 2, ["1", "0"]),
            (" 2 , MIG-ab,x,1", 1, ["2", "MIG-ab"]),
            ("1,1", 1, []),
            ("-1", 1, []),
            ("3", 4, None),
        ]
        for value, ranks, expected in cases:
            self.assertEqual(visible_devices(value, ranks), expected, value)

    def test_devices_are_told_once_and_when_their_processes_change(self) -> None:
        library = FakeLibrary()
        rows = SystemRows(Nvml(library, ["1", "0"]))
        first = rows.devices()
        told = [(row["gpu_idx"], row["host_index"], row["name"]) for row in first]
        self.assertEqual(told, [(0, 1, "Stub"), (1, 0, "Stub")])
        self.assertIsNone(first[0]["processes"])
        self.assertEqual(first[1]["processes"], [{"pid": 77, "mem_used": 1 << 20}])
        self.assertEqual(rows.devices(), [])
        library.pid = 78
        self.assertEqual([row["gpu_idx"] for row in rows.devices()], [1])

    def test_a_host_without_a_driver(self) -> None:
        def missing(name: str) -> Any:
            raise OSError("no such library")

        self.assertIsNone(open_nvml(missing))
        self.assertIsNone(open_nvml(lambda name: object()))

    def test_the_structures_are_those_of_the_driver(self) -> None:
        from traceml_pytorch.samplers import nvml

        self.assertEqual(ctypes.sizeof(nvml._Memory), 24)
        self.assertEqual(ctypes.sizeof(nvml._Utilization), 8)
        self.assertEqual(ctypes.sizeof(nvml._Process), 24)


if __name__ == "__main__":
    unittest.main()
