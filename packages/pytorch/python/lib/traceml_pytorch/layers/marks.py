"""Marks of the device that are used again: a measured step needs two for each call of a module."""

from typing import Any, Iterable, List

#: Marks that are kept for later use.
_MAX_KEPT = 8192
#: Marks of one step; a step that needs more is not recorded.
MAX_OF_STEP = 65536


class MarkPool:
    """Marks on the device's stream. Taken by threads that compute, given back by the agent's."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self._free: List[Any] = []

    def take(self, taken: int) -> Any:
        """A mark after what was queued so far; None where none can be made, or too many were."""
        if taken >= MAX_OF_STEP:
            return None
        try:
            # Lists are safe here: one call of the interpreter each.
            used = self._free.pop()
        except IndexError:
            used = None
        return self.clock.mark(used)

    def give_back(self, marks: Iterable[Any]) -> None:
        """Marks that have been read."""
        self._free.extend(marks)
        del self._free[_MAX_KEPT:]
