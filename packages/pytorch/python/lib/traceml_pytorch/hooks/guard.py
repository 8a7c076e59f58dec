"""What every hook shares: the tracker it reports to, and the way out when something is wrong."""

import sys
from threading import get_ident
from typing import Any, Callable

from ..step_tracker import StepTracker


def _never() -> bool:
    return False


class Guard:
    """Stands between the hooks and the tracker: what fails here must not reach the training."""

    def __init__(
        self,
        tracker: StepTracker,
        on_activity: Callable[[], None] = lambda: None,
        is_compiling: Callable[[], bool] = _never,
    ) -> None:
        self.tracker = tracker
        #: Called once, when something is measured for the first time.
        self.on_activity = on_activity
        #: True while a compiler of torch traces the program; nothing may be measured then.
        self.is_compiling = is_compiling
        self._has_begun = False

    def adopt_thread(self) -> bool:
        """Called by a thread that computes gradients: True when it is the one to be measured.

        The main thread is taken to be that one, until another one trains before it did.
        """
        tracker = self.tracker
        here = get_ident()
        if here == tracker.thread:
            return True
        if tracker.busy or tracker.completed or tracker.explicit:
            return False
        tracker.forget(here)
        return True

    def fetch(self, source: int, function: Callable[[Any], Any], iterator: Any) -> Any:
        """Measures `function(iterator)`, which waits for a batch of the loader with this identity."""
        tracker = self.tracker
        if tracker.busy or get_ident() != tracker.thread:
            return function(iterator)
        try:
            tracker.begin_fetch(source)
        except Exception as error:
            self.give_up(error)
            return function(iterator)
        calls, is_exhausted = 0, False
        try:
            batch = function(iterator)
            calls = 1
            return batch
        except StopIteration:
            is_exhausted = True
            raise
        finally:
            try:
                tracker.end_fetch(calls, is_exhausted)
                if calls:
                    self.note_activity()
            except Exception as error:
                self.give_up(error)

    def note_activity(self) -> None:
        """Starts what waits for a training; cheap from the second call on."""
        if not self._has_begun:
            self._has_begun = True
            self.on_activity()

    def give_up(self, error: BaseException) -> None:
        """Ends the measuring because of a mistake of ours; the training goes on."""
        self.tracker.switch_off()
        sys.stderr.write(
            "traceml: measuring stopped after an internal error (%r); the training goes on.\n" % error
        )
