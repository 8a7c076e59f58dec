"""Rows about layers, encoded by the agent's thread.

That thread shares the interpreter's lock with the training, so what stays the same from step to step
(names, calls, bytes) is encoded once.
"""

import struct
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..msgpack import array_header, map_header, pack, pack_integer, pack_text
from ..step import BACKWARD, FORWARD
from .cost import Cost, Marked
from .marks import MarkPool
from .measured_step import MeasuredStep
from .model_map import Layer, Model
from .model_rows import ModelRows, device_of

#: Encoded rows by what is measured: `LayerMemory` of `LayerMemorySampler` and `LayerMemoryTable`.
Tables = Dict[str, List[bytes]]
_MAX_CACHED = 256
#: Milliseconds of the device by layer.
DeviceMs = Dict[Layer, float]


class LayerRows:
    """Makes the rows of one process.

    `wall_origin` is wall time minus monotonic time, in seconds; `pool` gets the device's marks back.
    """

    def __init__(self, wall_origin: float, pool: Optional[MarkPool] = None) -> None:
        self._wall_origin = wall_origin
        self._pool = pool
        self._models = ModelRows()
        self._rows = {"forward": 0, "backward": 0}
        self._lists: Dict[Any, bytes] = {}

    def rows(self, step: Any, tick: int, phases: Optional[Dict[int, float]]) -> Dict[str, Any]:
        """The tables of a measured step by sampler.

        `phases` are the device's times of the step; None when it has not come that far.
        """
        measured: MeasuredStep = step.layers
        by_model: Dict[Model, List[Cost]] = {}
        for cost in measured.costs:
            by_model.setdefault(cost.layer.model, []).append(cost)
        device_ms = self._device_ms(measured, phases)
        tables: Tables = {}
        for model, costs in by_model.items():
            row = self._models.row(model, [cost.layer for cost in costs], tick)
            if row is not None:
                tables.setdefault("LayerMemory", []).append(pack(row))
            device = device_of(model)
            is_device = device.startswith("cuda")
            if is_device and device_ms is None:
                # Host times of a device's work are those of starting it.
                continue
            costs.sort(key=_name)
            start = (self._wall_origin + step.ended, model.index, step.number, device)
            for kind in ("Forward", "Backward"):
                own = device_ms[kind] if is_device and device_ms is not None else None
                self._pass(tables, kind, measured, costs, start, tick, own, phases)
        return {name + "Sampler": [(name + "Table", rows)] for name, rows in tables.items()}

    def _device_ms(
        self, measured: MeasuredStep, phases: Optional[Dict[int, float]]
    ) -> Optional[Dict[str, DeviceMs]]:
        pool, lanes = self._pool, measured.lanes
        if pool is None or phases is None:
            return None
        found = {kind: _resolve(lanes[kind], pool.clock) for kind in lanes}
        pool.give_back(mark for kind in lanes for marks in lanes[kind] for _, mark in marks)
        return found

    def _pass(
        self,
        tables: Tables,
        kind: str,
        measured: MeasuredStep,
        costs: Sequence[Cost],
        start: Any,
        tick: int,
        device_ms: Optional[DeviceMs],
        phases: Optional[Dict[int, float]],
    ) -> None:
        part = kind.lower()
        calls_of, bytes_of = part + "_calls", part + "_bytes"
        seen = [cost for cost in costs if getattr(cost, calls_of)]
        if not seen:
            return
        self._rows[part] += 1
        sized = [cost for cost in seen if getattr(cost, bytes_of) is not None]
        if sized:
            tables.setdefault("Layer%sMemory" % kind, []).append(
                b"".join((
                    map_header(7), _head(tick, start), _LAYERS, self._names(sized), _BYTES,
                    self._integers(tuple(getattr(cost, bytes_of) for cost in sized)),
                ))
            )  # fmt: skip
        device_phase = None
        if device_ms is not None and phases is not None:
            device_phase = phases.get(_PHASES[part])
        fields = [
            ("phase_cpu_ms", getattr(measured, part + "_ms")),
            ("phase_gpu_ms", device_phase),
        ]
        if part == "forward":
            fields += [
                ("every", measured.every),
                ("cost_ms", measured.cost_ms),
                ("step_ms", measured.step_ms),
            ]
        gpu = _NONE * len(seen)
        if device_ms is not None:
            gpu = _floats([device_ms.get(cost.layer, 0.0) for cost in seen])
        tables.setdefault("Layer%sTime" % kind, []).append(
            b"".join((
                map_header(9 + len(fields)), _head(self._rows[part], start),
                _LAYERS, self._names(seen),
                _CPU, array_header(len(seen)), _floats([getattr(cost, part) * 1e3 for cost in seen]),
                _GPU, array_header(len(seen)), gpu,
                _CALLS, self._integers(tuple(getattr(cost, calls_of) for cost in seen)),
                *(pack_text(name) + pack(value) for name, value in fields),
            ))
        )  # fmt: skip

    def _names(self, costs: Sequence[Cost]) -> bytes:
        key = tuple(cost.layer for cost in costs)
        return self._list(key, lambda: [pack_text(layer.name) for layer in key])

    def _integers(self, values: Tuple[int, ...]) -> bytes:
        return self._list(values, lambda: [pack_integer(value) for value in values])

    def _list(self, key: Any, encode: Any) -> bytes:
        known = self._lists.get(key)
        if known is None:
            if len(self._lists) >= _MAX_CACHED:
                self._lists.clear()
            known = self._lists[key] = array_header(len(key)) + b"".join(encode())
        return known


def _resolve(lanes: List[List[Marked]], clock: Any) -> DeviceMs:
    """How long the device worked for each layer."""
    found: DeviceMs = {}
    for marks in lanes:
        for (owner, first), (_, last) in zip(marks, marks[1:]):
            if owner is not None:
                found[owner.layer] = found.get(owner.layer, 0.0) + clock.elapsed_ms(first, last)
    return found


def _name(cost: Cost) -> str:
    return cost.layer.name


def _head(seq: int, start: Tuple[float, Any, int, str]) -> bytes:
    ended, index, number, device = start
    return b"".join((
        pack_text("seq"), pack_integer(seq), pack_text("ts"), pack(ended),
        pack_text("model_id"), pack_integer(index), pack_text("step"), pack_integer(number),
        pack_text("device"), pack_text(device),
    ))  # fmt: skip


def _floats(values: Sequence[float]) -> bytes:
    return struct.pack(">" + "Bd" * len(values), *[part for value in values for part in (0xCB, value)])


_PHASES = {"forward": FORWARD, "backward": BACKWARD}
_NONE = b"\xc0"
_LAYERS, _BYTES = pack_text("layers"), pack_text("layer_bytes")
_CPU, _GPU, _CALLS = pack_text("cpu_ms"), pack_text("gpu_ms"), pack_text("n_calls")
