"""Readings of NVIDIA GPUs through the driver's own library, without a package for it."""

import ctypes
import sys
from typing import Any, Callable, List, Optional

_TEMPERATURE_GPU = 0
#: Utilization, memory used, memory total, temperature, power, power limit.
Reading = List[Optional[float]]


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


class _Memory(ctypes.Structure):
    _fields_ = [
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    ]


class Nvml:
    """All GPUs of the host. A figure that cannot be read is None, never zero."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._handles: List[Any] = []
        count = ctypes.c_uint()
        if library.nvmlInit_v2() != 0:
            return
        if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0:
            return
        for index in range(count.value):
            handle = ctypes.c_void_p()
            found = library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle)) == 0
            # A GPU that cannot be opened keeps its place.
            self._handles.append(handle if found else None)

    @property
    def count(self) -> int:
        return len(self._handles)

    def read(self) -> List[Reading]:
        """One reading per GPU, in the driver's order."""
        return [self._read(handle) if handle is not None else [None] * 6 for handle in self._handles]

    def _read(self, handle: Any) -> Reading:
        library = self._library
        utilization, memory = _Utilization(), _Memory()
        has_utilization = _ok(library.nvmlDeviceGetUtilizationRates, handle, ctypes.byref(utilization))
        has_memory = _ok(library.nvmlDeviceGetMemoryInfo, handle, ctypes.byref(memory))
        return [
            float(utilization.gpu) if has_utilization else None,
            float(memory.used) if has_memory else None,
            float(memory.total) if has_memory else None,
            _number(library.nvmlDeviceGetTemperature, handle, _TEMPERATURE_GPU),
            _watts(_number(library.nvmlDeviceGetPowerUsage, handle)),
            _watts(_number(library.nvmlDeviceGetPowerManagementLimit, handle)),
        ]


def open_nvml(load: Callable[[str], Any] = ctypes.CDLL) -> Optional[Nvml]:
    """The GPUs of this host, or None where there is no driver or no GPU."""
    try:
        nvml = Nvml(load("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"))
    except (OSError, AttributeError):
        return None
    return nvml if nvml.count else None


def _ok(function: Any, *arguments: Any) -> bool:
    return bool(function(*arguments) == 0)


def _number(function: Any, handle: Any, *arguments: Any) -> Optional[float]:
    value = ctypes.c_uint()
    return float(value.value) if _ok(function, handle, *arguments, ctypes.byref(value)) else None


def _watts(milliwatts: Optional[float]) -> Optional[float]:
    return None if milliwatts is None else milliwatts / 1000.0
