"""Rows of steps as they travel, encoded from templates: per step only numbers are written."""

import struct
from operator import attrgetter
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .msgpack import map_header, pack, pack_integer, pack_text
from .step import BACKWARD, CUT, FORWARD, H2D, INPUT, INSIDE, OPTIMIZER, Step

#: Events of a step in the order in which they happen; the step itself comes last.
_EVENTS = (
    (INPUT, "_traceml_internal:dataloader_next", "input"),
    (H2D, "_traceml_internal:h2d_time", "h2d"),
    (FORWARD, "_traceml_internal:forward_time", "forward"),
    (BACKWARD, "_traceml_internal:backward_time", "backward"),
    (OPTIMIZER, "_traceml_internal:optimizer_step", "optimizer"),
)
_STEP = "_traceml_internal:step_time"
_CPU = "cpu"
_MAX_TEMPLATES = 256
_FLOAT = struct.Struct(">Bd").pack
_ROW = map_header(4) + pack_text("seq")
_TIMESTAMP = pack_text("timestamp")
_STEP_KEY = pack_text("step")
_EVENTS_KEY = pack_text("events")


class DeviceTimes(NamedTuple):
    """Milliseconds of the device for one step."""

    phases: Dict[int, float]
    traced: float


class StepRows:
    """Encodes the steps of one process.

    `wall_origin` is wall time minus monotonic time, in seconds.
    """

    def __init__(self, wall_origin: float) -> None:
        self._wall_origin = wall_origin
        self._templates: Dict[Tuple[int, ...], _Template] = {}

    def host_row(self, step: Step, seq: bytes) -> bytes:
        """The row of a step that was measured by the host's clock. `seq` is encoded already."""
        calls = _calls(step)
        template = self._templates.get(calls)
        if template is None:
            if len(self._templates) >= _MAX_TEMPLATES:
                self._templates.clear()
            template = self._templates[calls] = _Template(calls)
        return self._head(step, seq) + template.fill(step)

    def device_row(self, step: Step, seq: bytes, device: str, times: Optional[DeviceTimes]) -> bytes:
        """The row of a step on a device; without `times` only the host's clock is known."""
        events: Dict[str, Any] = {}
        for (phase, name, field), calls in zip(_EVENTS, _calls(step)):
            if calls or phase == INPUT:
                device_ms = None if times is None else times.phases.get(phase)
                is_gpu = device_ms is not None and phase != INPUT
                stats = _stats(getattr(step, field) * 1e3, device_ms, is_gpu, calls or 1)
                events[name] = {device: stats}
        traced_ms = None if times is None else times.traced
        events[_STEP] = {device: _stats(step.traced * 1e3, traced_ms, False, 1)}
        return self._head(step, seq) + pack(events)

    def memory_row(self, step: Step, seq: int, device: str, allocated: float, reserved: float) -> bytes:
        """The row of a step's memory peaks, in bytes."""
        return pack({
            "seq": seq,
            "ts": self._wall_origin + step.ended,
            "model_id": None,
            "device": device,
            "step": step.number,
            "peak_alloc": allocated,
            "peak_resv": reserved,
        })  # fmt: skip

    def _head(self, step: Step, seq: bytes) -> bytes:
        ended = _FLOAT(0xCB, self._wall_origin + step.ended)
        return b"".join(
            (_ROW, seq, _TIMESTAMP, ended, _STEP_KEY, pack_integer(step.number), _EVENTS_KEY)
        )


class _Template:
    """Everything of the events but their durations, for steps in which the same things happened."""

    def __init__(self, calls: Tuple[int, ...]) -> None:
        # A fetch that did not happen was no wait; another phase that did not happen is absent.
        seen = [
            (name, max(1, count), field)
            for (phase, name, field), count in zip(_EVENTS, calls)
            if count or phase == INPUT
        ]
        seen.append((_STEP, 1, "traced"))
        parts: List[Any] = []
        constant = map_header(len(seen))
        for name, count, _ in seen:
            constant += b"".join((
                pack_text(name), map_header(1), pack_text(_CPU), map_header(5),
                pack_text("is_gpu"), b"\xc2", pack_text("duration_ms"), b"\xcb",
            ))  # fmt: skip
            parts += [constant, 0.0, pack_text("cpu_ms") + b"\xcb", 0.0]
            constant = pack_text("gpu_ms") + b"\xc0" + pack_text("n_calls") + pack_integer(count)
        parts.append(constant)
        layout = "".join("d" if isinstance(part, float) else "%ds" % len(part) for part in parts)
        self._pack = struct.Struct(">" + layout).pack
        self._parts = parts
        self._seconds = attrgetter(*[field for _, _, field in seen])

    def fill(self, step: Step) -> bytes:
        parts = self._parts
        milliseconds = [seconds * 1e3 for seconds in self._seconds(step)]
        parts[1::4] = milliseconds
        parts[3::4] = milliseconds
        return self._pack(*parts)


#: Calls of every phase, in the order of the events.
_calls = attrgetter(
    "input_calls", "h2d_calls", "forward_calls", "backward_calls", "optimizer_calls"
)


def _stats(cpu_ms: float, device_ms: Optional[float], is_gpu: bool, calls: int) -> Dict[str, Any]:
    return {
        "is_gpu": is_gpu,
        "duration_ms": device_ms if is_gpu else cpu_ms,
        "cpu_ms": cpu_ms,
        "gpu_ms": device_ms,
        "n_calls": calls,
    }


def device_times(step: Step, clock: Any) -> Optional[DeviceTimes]:
    """What the device measured in a step whose marks it has passed; None without such marks."""
    if not step.spans:
        return None
    phases: Dict[int, float] = {INPUT: 0.0}
    for phase, first, last in step.marks or ():
        phases[phase] = phases.get(phase, 0.0) + clock.elapsed_ms(first, last)
    inside = phases.pop(INSIDE, 0.0)
    if OPTIMIZER in phases:
        phases[OPTIMIZER] = max(0.0, phases[OPTIMIZER] - inside)
    whole = sum(clock.elapsed_ms(first, last) for first, last in step.spans)
    cut = phases.pop(CUT, 0.0)
    return DeviceTimes(phases, max(0.0, whole - phases[INPUT] - cut))
