"""Readings of NVIDIA GPUs through the driver's own library, without a package for it."""

import ctypes
import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

_TEMPERATURE_GPU = 0
_NAME_BYTES = 96
_MAX_PROCESSES = 256
_NOT_AVAILABLE = (1 << 64) - 1
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


class _Process(ctypes.Structure):
    _fields_ = [
        ("pid", ctypes.c_uint),
        ("used", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    ]


class Device(NamedTuple):
    """A GPU or a part of one; a handle that could not be had is None."""

    handle: Any
    #: The GPU that answers what a part cannot: temperature and power. The device itself otherwise.
    board: Any


class Nvml:
    """The GPUs of a run. A figure that cannot be read is None, never zero.

    `visible` holds entries of `CUDA_VISIBLE_DEVICES` in their order; None stands for all GPUs.
    """

    def __init__(self, library: Any, visible: Optional[Sequence[str]] = None) -> None:
        self._library = library
        self._devices: List[Device] = []
        if library.nvmlInit_v2() != 0:
            return
        if visible is None:
            # A GPU that cannot be opened keeps its place.
            self._devices = [self._by_index(index) for index in range(self._host_count())]
            return
        for entry in visible:
            device = self._by_index(int(entry)) if entry.isdigit() else self._by_name(entry)
            # As CUDA does: what stands behind an entry that names nothing is not visible either.
            if device.handle is None:
                break
            self._devices.append(device)

    @property
    def count(self) -> int:
        return len(self._devices)

    def read(self) -> List[Reading]:
        """One reading per GPU, in the order in which the run counts them."""
        return [
            self._read(device) if device.handle is not None else [None] * 6
            for device in self._devices
        ]

    def describe(self) -> List[Dict[str, Any]]:
        """What each GPU is called and where it is on the host."""
        return [
            {
                "host_index": self._integer("nvmlDeviceGetIndex", board),
                "uuid": self._text("nvmlDeviceGetUUID", handle),
                "name": self._text("nvmlDeviceGetName", handle)
                or self._text("nvmlDeviceGetName", board),
                "mem_total": _integer_of(self._memory(handle)[1]),
            }
            for handle, board in self._devices
        ]

    def processes(self) -> List[Optional[List[Dict[str, Optional[int]]]]]:
        """The processes that compute on each GPU; None for one that does not tell."""
        return [self._processes(device.handle) for device in self._devices]

    def _host_count(self) -> int:
        count = ctypes.c_uint()
        return count.value if self._call("nvmlDeviceGetCount_v2", ctypes.byref(count)) else 0

    def _by_index(self, index: int) -> Device:
        handle = self._handle("nvmlDeviceGetHandleByIndex_v2", index)
        return Device(handle, handle)

    def _by_name(self, name: str) -> Device:
        exact = self._handle("nvmlDeviceGetHandleByUUID", name.encode("utf-8"))
        if exact is not None:
            board = exact
            if name.startswith("MIG-"):
                board = self._handle("nvmlDeviceGetDeviceHandleFromMigDeviceHandle", exact)
            return Device(exact, board)
        for index in range(self._host_count()):
            board = self._by_index(index).handle
            for handle in [board, *self._parts(board)]:
                if (self._text("nvmlDeviceGetUUID", handle) or "").startswith(name):
                    return Device(handle, board)
        return Device(None, None)

    def _parts(self, board: Any) -> List[Any]:
        count = self._integer("nvmlDeviceGetMaxMigDeviceCount", board) or 0
        found = [
            self._handle("nvmlDeviceGetMigDeviceHandleByIndex", board, part) for part in range(count)
        ]
        return [handle for handle in found if handle is not None]

    def _read(self, device: Device) -> Reading:
        handle, board = device
        utilization = _Utilization()
        has_utilization = self._call(
            "nvmlDeviceGetUtilizationRates", handle, ctypes.byref(utilization)
        )
        used, total = self._memory(handle)
        return [
            float(utilization.gpu) if has_utilization else None,
            used,
            total,
            self._number("nvmlDeviceGetTemperature", board, _TEMPERATURE_GPU),
            _watts(self._number("nvmlDeviceGetPowerUsage", board)),
            _watts(self._number("nvmlDeviceGetEnforcedPowerLimit", board)),
        ]

    def _memory(self, handle: Any) -> Tuple[Optional[float], Optional[float]]:
        memory = _Memory()
        if not self._call("nvmlDeviceGetMemoryInfo", handle, ctypes.byref(memory)):
            return None, None
        return float(memory.used), float(memory.total)

    def _processes(self, handle: Any) -> Optional[List[Dict[str, Optional[int]]]]:
        found = (_Process * _MAX_PROCESSES)()
        count = ctypes.c_uint(_MAX_PROCESSES)
        name = "nvmlDeviceGetComputeRunningProcesses_v3"
        if not self._call(name, handle, ctypes.byref(count), found):
            return None
        return [
            {"pid": one.pid, "mem_used": None if one.used == _NOT_AVAILABLE else one.used}
            for one in found[: min(count.value, _MAX_PROCESSES)]
        ]

    def _call(self, name: str, *arguments: Any) -> bool:
        """False for a function that older drivers lack, and for a device that is not there."""
        function = getattr(self._library, name, None)
        if function is None or arguments[0] is None:
            return False
        return bool(function(*arguments) == 0)

    def _handle(self, name: str, *arguments: Any) -> Any:
        handle = ctypes.c_void_p()
        return handle if self._call(name, *arguments, ctypes.byref(handle)) else None

    def _integer(self, name: str, handle: Any, *arguments: Any) -> Optional[int]:
        value = ctypes.c_uint()
        return value.value if self._call(name, handle, *arguments, ctypes.byref(value)) else None

    def _number(self, name: str, handle: Any, *arguments: Any) -> Optional[float]:
        value = self._integer(name, handle, *arguments)
        return None if value is None else float(value)

    def _text(self, name: str, handle: Any) -> Optional[str]:
        text = ctypes.create_string_buffer(_NAME_BYTES)
        if not self._call(name, handle, text, ctypes.c_uint(_NAME_BYTES)):
            return None
        return text.value.decode("utf-8", "replace") or None


def open_nvml(
    load: Callable[[str], Any] = ctypes.CDLL, visible: Optional[Sequence[str]] = None
) -> Optional[Nvml]:
    """The GPUs of this run, or None where there is no driver or no GPU."""
    if visible is not None and not visible:
        return None
    try:
        nvml = Nvml(load("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"), visible)
    except (OSError, AttributeError):
        return None
    return nvml if nvml.count else None


def _integer_of(value: Optional[float]) -> Optional[int]:
    return None if value is None else int(value)


def _watts(milliwatts: Optional[float]) -> Optional[float]:
    return None if milliwatts is None else milliwatts / 1000.0
