"""Steps that the script marks itself."""

from typing import Any, Optional

from ..runtime import runtime


class TraceState:
    """How far the training is."""

    @property
    def step(self) -> int:
        """Steps completed so far."""
        return runtime.tracker.completed


class trace_step:
    """Marks one step: ``with traceml.trace_step(model): ...``.

    From the first one on, steps are no longer found from the optimizer's updates. The step's time
    is that of the block; batches that were fetched since the last step are its input. A block that
    raises is no step. A step inside another one is part of it.
    """

    def __init__(self, model: Any = None) -> None:
        self._model = model
        self._is_marked = False

    def __enter__(self) -> None:
        try:
            self._is_marked = runtime.begin_step(self._model)
        except Exception as error:
            runtime.guard.give_up(error)

    def __exit__(self, kind: Optional[type], error: Any, trace: Any) -> None:
        if not self._is_marked:
            return
        self._is_marked = False
        try:
            runtime.end_step(kind is None)
        except Exception as failure:
            runtime.guard.give_up(failure)
