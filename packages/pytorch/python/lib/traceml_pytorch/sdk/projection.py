"""A report as one flat dictionary: what experiment trackers take."""

from typing import Any, Dict, Iterable, Tuple

_METRICS = {
    "system": (
        "cpu_percent", "ram_percent", "gpu_util_percent", "gpu_mem_percent", "gpu_temp_c",
        "gpu_power_w",
    ),
    "process": ("cpu_percent", "ram_percent", "gpu_mem_reserved_percent"),
    "step_time": (
        "input_wait_ms", "step_time_ms", "traced_step_time_ms", "step_time_cpu_ms",
        "step_time_gpu_ms", "traced_step_time_cpu_ms", "traced_step_time_gpu_ms",
        "dataloader_fetch_cpu_ms", "h2d_ms", "compute_ms", "residual_ms", "forward_ms",
        "backward_ms", "optimizer_ms",
    ),
    "step_memory": ("peak_allocated_bytes", "peak_reserved_bytes"),
}  # fmt: skip


def to_scalars(payload: Dict[str, Any]) -> Dict[str, Any]:
    """The scalars of a report, in a fixed order; what is not measured is left out."""
    return {
        "traceml/" + key: value
        for key, value in _scalars(payload)
        if isinstance(value, (str, int, float))
    }


def _scalars(payload: Dict[str, Any]) -> Iterable[Tuple[str, Any]]:
    for key in ("schema_version", "duration_s"):
        yield key, payload.get(key)
    primary = _map(payload.get("primary_diagnosis"))
    for key in ("kind", "status", "severity", "section"):
        yield "primary/" + key, primary.get(key)
    for name, metrics in _METRICS.items():
        section = _map(payload.get(name))
        diagnosis, whole = _map(section.get("diagnosis")), _map(section.get("global"))
        yield name + "/status", diagnosis.get("status")
        yield name + "/severity", diagnosis.get("severity")
        if name == "step_time":
            window = _map(whole.get("window"))
            yield "step_time/diagnosis_clock", window.get("diagnosis_clock")
        average = _map(whole.get("average"))
        for metric in metrics:
            yield name + "/" + metric, average.get(metric)


def _map(value: Any) -> Dict[str, Any]:
    return value if isinstance(value, dict) else {}
