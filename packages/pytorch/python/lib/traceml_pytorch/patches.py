"""Replacing attributes of other people's objects so that it can be undone."""

from typing import Any, Callable, List, Tuple

_MISSING = object()


class Patches:
    """What was replaced, newest last."""

    def __init__(self) -> None:
        self._done: List[Tuple[Any, str, Any, Any]] = []
        self._actions: List[Callable[[], object]] = []

    def replace(self, owner: Any, name: str, new: Any) -> None:
        """Sets `owner.name`, remembering whether `owner` had it itself."""
        before = vars(owner).get(name, _MISSING)
        setattr(owner, name, new)
        self._done.append((owner, name, before, new))

    def on_undo(self, action: Callable[[], object]) -> None:
        """Has something else undone as well."""
        self._actions.append(action)

    def undo(self) -> None:
        """Puts everything back, except where somebody else replaced it again since."""
        while self._actions:
            self._actions.pop()()
        while self._done:
            owner, name, before, new = self._done.pop()
            if vars(owner).get(name, _MISSING) is not new:
                continue
            if before is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
