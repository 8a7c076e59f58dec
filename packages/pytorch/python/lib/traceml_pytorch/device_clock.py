"""The device's own clock: marks on its stream that are read later, without waiting for it."""

from typing import Any, Dict, Optional, Protocol, Tuple


class DeviceClock(Protocol):
    """Marks the stream of the device on which the training thread works."""

    #: Label of the device on the wire, such as ``cuda:0``; None before it is used.
    label: Optional[str]

    def mark(self, used: Any = None) -> Any:
        """A mark after all work that was queued so far, or None where there can be none.

        `used` is a mark that has been read and may be made anew.
        """

    def has_passed(self, mark: Any) -> bool:
        """Whether the device has come to the mark. Never waits."""

    def elapsed_ms(self, first: Any, last: Any) -> float:
        """Milliseconds between two marks that the device has passed."""

    def take_peaks(self) -> Optional[Tuple[str, float, float]]:
        """Device, peak bytes allocated and reserved since the last call, or None."""


class CudaClock:
    """Events of CUDA (and of ROCm, which torch offers under the same names)."""

    def __init__(self, cuda: Any) -> None:
        self._cuda = cuda
        self._is_capturing = getattr(cuda, "is_current_stream_capturing", None)
        self._is_initialized = cuda.is_initialized
        self._event = cuda.Event
        self.label: Optional[str] = None
        self._peaks = CudaPeaks(cuda)

    def install(self, patches: Any) -> None:
        """Keeps the program's own view of the peaks as it was; see CudaPeaks."""
        self._peaks.install(patches)

    def mark(self, used: Any = None) -> Any:
        # Asking for a device before the program does would make its context here.
        if not self._is_initialized():
            return None
        if self._is_capturing is not None and self._is_capturing():
            return None
        try:
            if self.label is None:
                self.label = "cuda:%d" % self._cuda.current_device()
            event = self._event(enable_timing=True) if used is None else used
            event.record()
        except Exception:
            # A device that has failed is the program's to report.
            return None
        return event

    def has_passed(self, mark: Any) -> bool:
        return bool(mark.query())

    def elapsed_ms(self, first: Any, last: Any) -> float:
        return float(first.elapsed_time(last))

    def take_peaks(self) -> Optional[Tuple[str, float, float]]:
        if self.label is None:
            return None
        try:
            allocated, reserved = self._peaks.take()
        except Exception:
            return None
        return self.label, allocated, reserved


class CudaPeaks:
    """Peaks of the allocator step by step, without taking them away from the program.

    To have the peak of a step, the allocator's peak must be reset, which the program's own
    ``max_memory_allocated`` would show. So these functions answer with the largest peak since the
    program itself reset it.
    """

    def __init__(self, cuda: Any) -> None:
        self._cuda = cuda
        self._allocated = cuda.max_memory_allocated
        self._reserved = cuda.max_memory_reserved
        self._reset = cuda.reset_peak_memory_stats
        #: Largest peaks of the device since the program's last reset.
        self._carried: Dict[int, Tuple[int, int]] = {}

    def install(self, patches: Any) -> None:
        """Makes the program's own questions answer as if nobody else had reset the peaks."""
        cuda = self._cuda

        def max_memory_allocated(device: Any = None) -> int:
            return max(self._allocated(device), self._carried_of(device)[0])

        def max_memory_reserved(device: Any = None) -> int:
            return max(self._reserved(device), self._carried_of(device)[1])

        def reset_peak_memory_stats(device: Any = None) -> None:
            self._reset(device)
            self._carried.pop(self._index(device), None)

        patches.replace(cuda, "max_memory_allocated", max_memory_allocated)
        patches.replace(cuda, "max_memory_reserved", max_memory_reserved)
        patches.replace(cuda, "reset_peak_memory_stats", reset_peak_memory_stats)

    def take(self) -> Tuple[float, float]:
        index = self._cuda.current_device()
        # One question instead of two, and without the flat copy that the two would make.
        stats = self._cuda.memory_stats_as_nested_dict(index)
        allocated = int(stats["allocated_bytes"]["all"]["peak"])
        reserved = int(stats["reserved_bytes"]["all"]["peak"])
        self._reset(index)
        before = self._carried.get(index, (0, 0))
        self._carried[index] = (max(before[0], allocated), max(before[1], reserved))
        return float(allocated), float(reserved)

    def _carried_of(self, device: Any) -> Tuple[int, int]:
        return self._carried.get(self._index(device), (0, 0))

    def _index(self, device: Any) -> int:
        if device is None:
            return self._cuda.current_device()
        if isinstance(device, int):
            return device
        if isinstance(device, str):
            name, _, number = device.partition(":")
            index = int(number) if number else None
        else:
            index = getattr(device, "index", None)
        return self._cuda.current_device() if index is None else index
