"""Copies of what the training prints, for the live view in the terminal."""

import sys
from collections import deque
from typing import Any, Deque, List

_MAX_LINES = 10_000
_MAX_LINE_CHARS = 10_000


class OutputCapture:
    """Sees what is written through `sys.stdout` and `sys.stderr`; the terminal gets it first."""

    def __init__(self) -> None:
        self._lines: Deque[str] = deque(maxlen=_MAX_LINES)
        self._rest = ""

    def install(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                self._wrap(stream)

    def take(self) -> List[str]:
        """The whole lines since the last call; blank ones are left out."""
        lines: List[str] = []
        while self._lines:
            line = self._lines.popleft()
            if line.strip():
                lines.append(line)
        return lines

    def _wrap(self, stream: Any) -> None:
        original = stream.write

        def write(text: str) -> Any:
            result = original(text)
            try:
                self._add(text)
            except Exception:
                # A copy that fails must not become an error of the program that prints.
                self._rest = ""
            return result

        try:
            stream.write = write
        except AttributeError:
            # A stream that cannot be watched is not shown.
            pass

    def _add(self, text: str) -> None:
        *lines, rest = (self._rest + text).replace("\r", "\n").split("\n")
        self._rest = rest[-_MAX_LINE_CHARS:]
        for line in lines:
            self._lines.append(line[:_MAX_LINE_CHARS])
