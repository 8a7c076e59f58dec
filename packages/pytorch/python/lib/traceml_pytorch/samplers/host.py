"""Processor and memory of the host and of this process, from `/proc` or what else the system has."""

import os
import sys
import time
from typing import NamedTuple, Optional, Tuple

#: The shortest time that a processor figure covers; over less it would be noise.
MIN_WINDOW_SECONDS = 0.5


class HostMemory(NamedTuple):
    """Bytes; None where the system does not say."""

    used: Optional[int]
    total: Optional[int]


def read_cpu_ticks() -> Optional[Tuple[int, int]]:
    """Busy and total ticks of all processors since the start of the host, or None."""
    text = _read("/proc/stat")
    if text is None:
        return None
    fields = [int(field) for field in text.split("\n", 1)[0].split()[1:9]]
    total = sum(fields)
    return total - fields[3] - fields[4], total


def read_memory() -> HostMemory:
    """Memory of the host without its caches."""
    text = _read("/proc/meminfo")
    if text is None:
        return HostMemory(None, _total_by_pages())
    values = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        values[name] = int(rest.split()[0]) * 1024 if rest.split() else 0
    total, free = values.get("MemTotal", 0), values.get("MemFree", 0)
    cached = values.get("Cached", 0) + values.get("SReclaimable", 0) + values.get("Buffers", 0)
    used = total - free - cached
    return HostMemory(used if used >= 0 else total - free, total)


def read_resident_bytes() -> Optional[int]:
    """Memory of this process that is in RAM, or None."""
    text = _read("/proc/self/statm")
    if text is not None:
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource

        # The peak is all that is offered without /proc; macOS counts bytes, others kilobytes.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    except (ImportError, OSError):
        return None


class HostCpu:
    """Busy share of all processors between two readings, 0 to 100."""

    def __init__(self) -> None:
        self._ticks = read_cpu_ticks()
        self._at = time.monotonic()

    def percent(self) -> Optional[float]:
        """None until half a second is covered, and where the system does not say."""
        now = time.monotonic()
        if self._ticks is None or now - self._at < MIN_WINDOW_SECONDS:
            return None
        ticks = read_cpu_ticks()
        if ticks is None:
            return None
        busy, total = ticks[0] - self._ticks[0], ticks[1] - self._ticks[1]
        self._ticks, self._at = ticks, now
        return round(100.0 * busy / total, 1) if total > 0 else None


class ProcessCpu:
    """Processor time of this process between two readings; 100 is one full core."""

    def __init__(self) -> None:
        self._used = time.process_time()
        self._at = time.monotonic()

    def percent(self) -> Optional[float]:
        """None until half a second is covered."""
        now = time.monotonic()
        elapsed = now - self._at
        if elapsed < MIN_WINDOW_SECONDS:
            return None
        used = time.process_time()
        share = 100.0 * (used - self._used) / elapsed
        self._used, self._at = used, now
        return round(share, 1)


def _read(path: str) -> Optional[str]:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(65536).decode("ascii", "replace")
    except OSError:
        return None


def _total_by_pages() -> Optional[int]:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
