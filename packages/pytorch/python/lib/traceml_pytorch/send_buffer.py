"""Frames that wait to be sent or to be acknowledged, oldest first, within fixed limits."""

from collections import deque
from typing import Deque, List, Optional


class _Entry:
    __slots__ = ("data", "rows", "is_control")

    def __init__(self, data: bytes, rows: int, is_control: bool) -> None:
        self.data = data
        self.rows = rows
        self.is_control = is_control


class SendBuffer:
    """What is full drops its oldest telemetry and counts it; controls are kept."""

    def __init__(self, max_bytes: int = 32 * 1024 * 1024, max_frames: int = 65536) -> None:
        self._max_bytes = max_bytes
        self._max_frames = max_frames
        self._unsent: Deque[_Entry] = deque()
        #: Sent on this connection, not yet acknowledged.
        self._sent: Deque[_Entry] = deque()
        self._bytes = 0
        self.dropped_frames = 0
        self.dropped_rows = 0

    def __len__(self) -> int:
        return len(self._unsent) + len(self._sent)

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def add(self, data: bytes, rows: int, is_control: bool = False) -> None:
        """Adds a frame, making room first; the newest frame itself always stays."""
        self._bytes += len(data)
        while len(self) and (self._bytes > self._max_bytes or len(self) >= self._max_frames):
            if not self._drop_oldest():
                break
        self._unsent.append(_Entry(data, rows, is_control))

    def next(self) -> Optional[bytes]:
        """The oldest unsent frame, or None; it stays until `mark_sent`."""
        return self._unsent[0].data if self._unsent else None

    def mark_sent(self) -> None:
        """The frame that `next` gave has been written."""
        self._sent.append(self._unsent.popleft())

    def confirm(self, count: int) -> None:
        """The oldest `count` sent frames have arrived."""
        for _ in range(min(count, len(self._sent))):
            self._bytes -= len(self._sent.popleft().data)

    def rewind(self) -> None:
        """The connection is gone: what is not acknowledged is unsent again."""
        self._unsent.extendleft(reversed(self._sent))
        self._sent.clear()

    def abandon(self) -> None:
        """Gives up on everything left, counting it."""
        for entry in [*self._sent, *self._unsent]:
            self._count(entry)
        self._sent.clear()
        self._unsent.clear()
        self._bytes = 0

    def _drop_oldest(self) -> bool:
        # A sent frame counts in acknowledgements, so it keeps its place until the connection ends.
        kept: List[_Entry] = []
        dropped = None
        while self._unsent and dropped is None:
            entry = self._unsent.popleft()
            if entry.is_control:
                kept.append(entry)
            else:
                dropped = entry
        self._unsent.extendleft(reversed(kept))
        if dropped is None:
            return False
        self._bytes -= len(dropped.data)
        self._count(dropped)
        return True

    def _count(self, entry: _Entry) -> None:
        self.dropped_frames += 1
        self.dropped_rows += entry.rows
