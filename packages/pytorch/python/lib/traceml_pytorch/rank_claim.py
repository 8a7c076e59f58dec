"""Only one living process of a run may speak for a rank."""

import os
from typing import IO, Any, Optional


class RankClaim:
    """A lock on a file of the session, which the system releases when the process ends."""

    def __init__(self, session_dir: str, rank: int) -> None:
        self._path = os.path.join(session_dir, "rank_%d" % max(0, rank), "client.lock")
        self._session_dir = session_dir
        self._file: Optional[IO[Any]] = None

    def take(self) -> bool:
        """False when another living process has it. Where locks do not work, there is no conflict."""
        try:
            import fcntl
        except ImportError:
            return True
        if not os.path.isdir(self._session_dir):
            return True
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            self._file = open(self._path, "w")  # noqa: SIM115
        except OSError:
            return True
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        except OSError:
            return True
        return True

    def release(self) -> None:
        """Gives it up; in a forked child, lets go of the parent's without taking it away."""
        if self._file is not None:
            self._file.close()
            self._file = None
