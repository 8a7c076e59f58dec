"""The thread beside the training: it samples, encodes and sends in small slices.

The training and this thread share the interpreter's lock, so whatever is done here at a stretch is
a stall there. Steps are therefore encoded a few at a time, with the lock offered in between.
"""

import sys
import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Optional

from .identity import Identity
from .msgpack import pack, pack_integer
from .samplers.rows import ProcessRows, SystemRows
from .sender import Sender
from .step import Step
from .step_rows import DeviceTimes, StepRows, device_times
from .wire import batch, envelope, rank_finished

#: Seconds between two looks at the steps.
DRAIN_SECONDS = 0.1
#: Steps that are encoded before the interpreter's lock is offered.
_SLICE = 16
#: Steps that may wait for the thread; at 5,000 a second it would have to be away for 13 seconds.
MAX_WAITING_STEPS = 65536
#: Rows of one frame, so that a frame stays below a megabyte.
_FRAME_ROWS = 1000

Tables = Dict[str, List[bytes]]


class StepQueue:
    """Steps on their way from the training thread to the agent. Appending takes no lock."""

    def __init__(self, limit: int = MAX_WAITING_STEPS) -> None:
        self._steps: Deque[Step] = deque()
        self._limit = limit
        #: Steps that found the queue full.
        self.dropped = 0

    def put(self, step: Step) -> None:
        if len(self._steps) < self._limit:
            self._steps.append(step)
        else:
            self.dropped += 1

    def peek(self) -> Optional[Step]:
        return self._steps[0] if self._steps else None

    def pop(self) -> Step:
        return self._steps.popleft()

    def __len__(self) -> int:
        return len(self._steps)


class Agent:
    """Owns the thread. `finish` ends it, within a bound."""

    def __init__(
        self,
        sender: Sender,
        queue: StepQueue,
        identity: Identity,
        interval: float,
        completed_steps: Callable[[], int],
        system: Callable[[], Optional[SystemRows]],
        process: Callable[[], Optional[ProcessRows]],
        environment: Callable[[], Optional[Dict[str, Any]]],
        lines: Optional[Callable[[], List[str]]] = None,
        device: Any = None,
        layers: Any = None,
    ) -> None:
        self._sender = sender
        self._queue = queue
        self._identity = identity
        self._interval = interval
        self._completed_steps = completed_steps
        # Made in the thread: opening the GPUs' library takes its time.
        self._make = (system, process)
        self._system: Optional[SystemRows] = None
        self._process: Optional[ProcessRows] = None
        self._environment = environment
        self._lines = lines
        self._device = device
        origin = time.time() - time.perf_counter()
        self._rows = StepRows(origin)
        self._layers = None if layers is None else layers(origin)
        self._seq = 0
        self._stats_seq = 0
        self._stats: Optional[Dict[str, Any]] = None
        self._wake = threading.Event()
        self._done = threading.Event()
        self._flushes: Deque[threading.Event] = deque()
        self._stopping_at: Optional[float] = None
        self._thread = threading.Thread(target=self._run, name="traceml-agent", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, seconds: float) -> bool:
        """Sends what is left and says that the rank is done; False when the time did not suffice."""
        self._stopping_at = time.monotonic() + seconds
        self._wake.set()
        return self._done.wait(seconds + 0.2)

    def flush(self, seconds: float) -> bool:
        """Waits until what was recorded before has arrived; False when the time did not suffice."""
        done = threading.Event()
        self._flushes.append(done)
        self._wake.set()
        return done.wait(seconds)

    # The thread

    def _run(self) -> None:
        try:
            self._loop()
        except Exception as error:
            sys.stderr.write("traceml: telemetry ended after an internal error (%r).\n" % error)
        finally:
            self._sender.close()
            self._done.set()

    def _loop(self) -> None:
        make_system, make_process = self._make
        self._system, self._process = make_system(), make_process()
        next_sample = 0.0
        while self._stopping_at is None:
            now = time.monotonic()
            if now >= next_sample:
                self._sample()
                next_sample = max(next_sample + self._interval, now + self._interval / 2)
            self._drain(None)
            self._sender.pump()
            while self._flushes:
                self._answer_flush(self._flushes.popleft())
            self._wake.wait(min(DRAIN_SECONDS, self._interval))
            if self._stopping_at is None:
                self._wake.clear()
        self._finish(self._stopping_at)

    def _finish(self, deadline: float) -> None:
        self._sample()
        self._drain(deadline)
        self._sample_stats()
        self._sender.buffer.add(rank_finished(self._identity, time.time()), 0, is_control=True)
        self._sender.flush(deadline)

    def _answer_flush(self, done: threading.Event) -> None:
        self._drain(time.monotonic() + 1.0)
        if self._sender.flush(time.monotonic() + 5.0):
            done.set()

    def _sample(self) -> None:
        """Rows about host and process. What cannot be read costs its row, not the thread."""
        self._seq += 1
        rows = {}
        for name, table, source in (
            ("SystemSampler", "SystemTable", self._system and self._system.row),
            ("RuntimeEnvironmentSampler", "RuntimeEnvironmentTable", self._environment),
            ("ProcessSampler", "ProcessTable", self._process and self._process.row),
        ):
            if source is None:
                continue
            try:
                row = source()
            except Exception:
                continue
            if row is not None:
                rows[name] = (table, [pack(row)])
            time.sleep(0)
        self._send({name: [rows[name]] for name in rows})
        self._send_devices()
        self._send_lines()
        self._sample_stats()

    def _send_devices(self) -> None:
        try:
            devices = self._system.devices() if self._system is not None else []
        except Exception:
            return
        if devices:
            encoded = [pack(row) for row in devices]
            self._send({"GpuDevicesSampler": [("gpu_devices", encoded)]})

    def _send_lines(self) -> None:
        lines = self._lines() if self._lines is not None else []
        for at in range(0, len(lines), _FRAME_ROWS):
            encoded = [pack({"line": line}) for line in lines[at : at + _FRAME_ROWS]]
            self._send({"Stdout/Stderr": [("stdout_stderr", encoded)]})

    def _sample_stats(self) -> None:
        """What was recorded and lost, whenever that changed."""
        buffer = self._sender.buffer
        stats = {
            "steps_completed": self._completed_steps(),
            "steps_dropped": self._queue.dropped,
            "rows_dropped": buffer.dropped_rows,
            "batches_dropped": buffer.dropped_frames,
        }
        if stats == self._stats:
            return
        self._stats = stats
        self._stats_seq += 1
        row = pack({"seq": self._stats_seq, "ts": time.time(), **stats})
        self._send({"AgentStatsSampler": [("agent_stats", [row])]})

    def _drain(self, deadline: Optional[float]) -> None:
        """Encodes the steps that are complete, on the device too, and queues them for sending.

        With a `deadline` steps are waited for until then, and sent without the device's times after.
        """
        seq = pack_integer(max(1, self._seq))
        times: List[bytes] = []
        memory: List[bytes] = []
        while True:
            step = self._queue.peek()
            if step is None:
                break
            if self._device is not None and not self._is_resolved(step):
                if deadline is None:
                    break
                if time.monotonic() < deadline - 0.5:
                    time.sleep(0.005)
                    continue
            self._queue.pop()
            resolved = self._encode(step, seq, times, memory)
            if step.layers is not None:
                self._send_layers(step, resolved)
            if len(times) % _SLICE == 0:
                # Offers the interpreter's lock.
                time.sleep(0)
            if len(times) >= _FRAME_ROWS:
                self._send_steps(times, memory)
                times, memory = [], []
                self._sender.pump()
        self._send_steps(times, memory)

    def _encode(
        self, step: Step, seq: bytes, times: List[bytes], memory: List[bytes]
    ) -> Optional[DeviceTimes]:
        label = self._device.label if self._device is not None else None
        if label is None:
            times.append(self._rows.host_row(step, seq))
            return None
        resolved = device_times(step, self._device) if self._is_resolved(step) else None
        times.append(self._rows.device_row(step, seq, label, resolved))
        if step.memory is not None:
            memory.append(self._rows.memory_row(step, self._seq, *step.memory))
        return resolved

    def _is_resolved(self, step: Step) -> bool:
        """Whether the device has passed the marks of a step; its newest ones are its last."""
        lasts = [span[1] for span in (step.spans or ())[-1:]]
        lasts += [marked[2] for marked in (step.marks or ())[-1:]]
        if step.layers is not None:
            lasts += step.layers.last_marks()
        try:
            return all(self._device.has_passed(last) for last in lasts)
        except Exception:
            return False

    def _send_steps(self, times: List[bytes], memory: List[bytes]) -> None:
        if times:
            self._send({
                "StepTimeSampler": [("StepTimeTable", times)],
                **({"StepMemorySampler": [("step_memory", memory)]} if memory else {}),
            })  # fmt: skip

    def _send_layers(self, step: Step, resolved: Optional[DeviceTimes]) -> None:
        """Rows about layers; what cannot be read costs these rows, not the thread."""
        if self._layers is None:
            return
        try:
            phases = None if resolved is None else resolved.phases
            tables = self._layers.rows(step, max(1, self._seq), phases)
        except Exception:
            return
        self._send(tables)
        # Offers the interpreter's lock.
        time.sleep(0)

    def _send(self, samplers: Dict[str, Any]) -> None:
        if not samplers:
            return
        now = time.time()
        items = [envelope(self._identity, name, now, tables) for name, tables in samplers.items()]
        rows = sum(len(encoded) for tables in samplers.values() for _, encoded in tables)
        self._sender.buffer.add(batch(items), rows)
