"""Finds the steps of a training in the order in which its parts happen.

Hooks report what begins and ends: a batch is fetched, a module runs forward, gradients are
computed, an optimizer updates. From this the tracker knows the step without being told:

- A pass of the loop begins when its batch is asked for and ends when the next one is. Its time
  until the batch is there is input wait, the rest is the traced step: both add up to wall time.
- It is a step when an optimizer updated in it. Passes with gradients but without an update are
  micro-batches of the step that follows. Passes without gradients (validation) belong to no step,
  and neither does the time between an epoch's last batch and the next epoch.
- Without a loader, a pass begins with the first work after an update, provided that an optimizer
  that updated before updates again: updates of different optimizers are one step.

Only the training thread calls the methods, so there are no locks. What happens inside a phase
belongs to that phase; updates leave out the phases inside them (closures).
"""

from time import perf_counter
from typing import Any, Callable, Dict, FrozenSet, Optional, Set

from .device_clock import DeviceClock
from .step import BACKWARD, CUT, FORWARD, H2D, INPUT, INSIDE, OPTIMIZER, Step

#: Modules that are remembered as trained; more are not told from helpers.
_MAX_MODELS = 1024


class StepTracker:
    """State of one training thread. `emit` gets every completed step."""

    __slots__ = (
        "busy", "completed", "thread", "explicit", "model_types",
        "_emit", "_clock", "_device", "_max_steps", "_models", "_optimizers",
        "_current", "_before", "_kept", "_source", "_exhausted", "_last_update",
        "_phase_start", "_phase_mark", "_cutting",
        "_update_id", "_update_start", "_update_mark", "_update_inner", "_update_marks",
        "_scaled", "_inside", "_in_backward", "_is_off", "_is_partial",
    )  # fmt: skip

    def __init__(
        self,
        emit: Callable[[Step], None],
        thread: int,
        clock: Callable[[], float] = perf_counter,
        device: Optional[DeviceClock] = None,
        max_steps: Optional[int] = None,
    ) -> None:
        #: True while a phase is measured, and for good once nothing is to be measured any more.
        self.busy = False
        #: Steps completed so far.
        self.completed = 0
        #: Identity of the thread that trains; hooks in other threads measure nothing.
        self.thread = thread
        #: True once the script marks its steps itself.
        self.explicit = False
        self._emit = emit
        self._clock = clock
        self._device = device
        self._max_steps = max_steps
        #: Classes of the models that are trained.
        self.model_types: Set[type] = set()
        self._models: Set[int] = set()
        #: One set per optimizer, so that a step of the usual kind makes none.
        self._optimizers: Dict[int, FrozenSet[int]] = {}
        self._current: Optional[Step] = None
        #: The pass before `_current`, while it is not known whether both are one step.
        self._before: Optional[Step] = None
        #: Micro-batches that wait for their update.
        self._kept: Optional[Step] = None
        self._source: Optional[int] = None
        #: The loader has no more batches: the step ends with its update, not with the next fetch.
        self._exhausted = False
        self._last_update = 0.0
        self._phase_start = 0.0
        self._phase_mark: Any = None
        #: The phase is an evaluation, to be left out.
        self._cutting = False
        self._update_id: Optional[int] = None
        self._update_start = 0.0
        self._update_mark: Any = None
        #: Seconds of the phases inside the update.
        self._update_inner = 0.0
        self._update_marks = 0
        self._scaled = False
        #: Within a step that the script marks.
        self._inside = False
        self._in_backward = False
        self._is_off = False
        self._is_partial = False

    # Input

    def begin_fetch(self, source: int, is_new: bool = False) -> None:
        """A batch is asked for; `is_new`: its iterator is being made.

        `source` is the identity of the loader, not the loader: nothing of it must be kept alive.
        """
        now = self._clock()
        mark = None if self._device is None else self._device.mark()
        self._update_id = None
        self._is_partial = False
        if self.explicit:
            if not self._inside and (
                is_new or self._current is None or source != self._source
            ):
                self._current = Step(now)
        else:
            self._begin_pass(now, mark, None if is_new else source)
        self._source = source
        self.busy = True
        self._phase_start = now
        self._phase_mark = mark

    def end_fetch(self, calls: int = 1, is_exhausted: bool = False) -> None:
        """The batch is there, or there is none."""
        now = self._clock()
        self.busy = self._is_off
        current = self._current
        if current is None:
            return
        current.input += now - self._phase_start
        if not is_exhausted:
            current.input_calls += calls
        if self._device is not None:
            current.add_mark(INPUT, self._phase_mark, self._device.mark())
        if not is_exhausted:
            self._exhausted = False
        elif self.explicit:
            if not self._inside:
                self._current = None
        elif current.only_fetched():
            self._exhausted = True
            if not current.input_calls:
                self._current = None

    # Work

    def begin_forward(self, module: Any, has_gradients: bool) -> bool:
        """An outermost module runs; False when it is not to be measured."""
        now = self._clock()
        if self.explicit and not self._inside:
            return False
        if has_gradients:
            if id(module) not in self._models and len(self._models) < _MAX_MODELS:
                self._models.add(id(module))
                self.model_types.add(type(module))
        elif not module.training and id(module) in self._models:
            return self._begin_evaluation(now)
        self._is_partial = False
        self._begin_work(now)
        return True

    def end_forward(self) -> None:
        """The outermost module has returned or raised."""
        now = self._clock()
        self.busy = self._is_off
        current = self._current
        if current is None:
            return
        if self._cutting:
            self._cutting = False
            current.cut += now - self._phase_start
            self._update_inner += now - self._phase_start
            self._mark_phase(current, CUT)
            return
        seconds = now - self._phase_start
        current.forward += seconds
        current.forward_calls += 1
        self._update_inner += seconds
        if self._device is not None:
            self._mark_phase(current, FORWARD)

    def begin_backward(self) -> bool:
        """Gradients are computed; False when that is not to be measured."""
        if self._is_partial or (self.explicit and not self._inside):
            return False
        self._begin_work(self._clock())
        self._in_backward = True
        return True

    def end_backward(self) -> None:
        """Gradients are there, or it raised."""
        now = self._clock()
        self._in_backward = False
        self.busy = self._is_off
        current = self._current
        if current is None:
            return
        seconds = now - self._phase_start
        current.backward += seconds
        current.backward_calls += 1
        self._update_inner += seconds
        if self._device is not None:
            self._mark_phase(current, BACKWARD)

    def begin_transfer(self) -> bool:
        """A batch is moved to the device; False when that is not part of a step."""
        if self._current is None or (self.explicit and not self._inside):
            return False
        self._begin_work(self._clock())
        return True

    def end_transfer(self) -> None:
        """The move has been started or done."""
        now = self._clock()
        self.busy = self._is_off
        current = self._current
        if current is None:
            return
        seconds = now - self._phase_start
        current.h2d += seconds
        current.h2d_calls += 1
        self._update_inner += seconds
        self._mark_phase(current, H2D)

    # Updates

    def begin_update(self, optimizer: int, is_scaled: bool = False) -> None:
        """An optimizer begins to update. An update inside another one is part of it.

        `is_scaled`: a scaler does it, and may skip the update.
        """
        if self._update_id is not None and (self._scaled or self._update_id != optimizer):
            return
        if self._is_partial or (self.explicit and not self._inside):
            return
        now = self._clock()
        if not self.explicit:
            self._settle(optimizer, now)
        current = self._current
        if current is None:
            current = self._open(now, self._mark())
        self._update_id = optimizer
        self._scaled = is_scaled
        self._update_start = now
        self._update_inner = 0.0
        if self._device is not None:
            self._update_mark = self._device.mark()
            self._update_marks = len(current.marks or ())

    def end_update(self, optimizer: int, is_scaled: bool = False) -> None:
        """The optimizer is done."""
        begun = self._update_id
        if begun is not None and (begun != optimizer or self._scaled != is_scaled):
            return
        self._update_id = None
        current = self._current
        if current is None or (self.explicit and not self._inside):
            return
        now = self._clock()
        if begun is not None:
            current.optimizer += now - self._update_start - self._update_inner
            current.optimizer_calls += 1
            if self._device is not None:
                self._mark_update(current, self._device.mark())
        self._note_update(current, optimizer, now)

    def note_inner_update(self, optimizer: int) -> None:
        """An optimizer updated while gradients were being computed; its time is theirs."""
        if not self._in_backward or self._is_off or self.explicit:
            return
        self._settle_before(optimizer)
        if self._current is not None:
            self._note_update(self._current, optimizer, self._clock())

    # Steps that the script marks itself

    @property
    def is_inside(self) -> bool:
        """Whether a step that the script marked is open."""
        return self._inside

    def begin_step(self) -> None:
        """The script begins a step. From the first one on, no steps are found any more."""
        now = self._clock()
        waited = self._current
        if not self.explicit:
            self.explicit = True
            self._before = self._kept = None
            if waited is not None and not waited.only_fetched():
                waited = None
        current = self._open(now, self._mark())
        if waited is not None:
            # Waited for before the step began, so it is not part of the step's own time.
            current.wall = current.input = waited.input
            current.input_calls = waited.input_calls
            current.marks = [marked for marked in waited.marks or () if marked[0] == INPUT]
            current.spans = [(first, last) for _, first, last in current.marks]
        self._update_id = None
        self._inside = True

    def end_step(self, is_completed: bool) -> None:
        """The script ends its step; one that raised is left out."""
        current = self._current
        self._inside = False
        self._current = None
        if current is not None and is_completed and not self._is_off:
            self._complete(current, self._clock(), self._mark())

    # The whole

    def end_training(self) -> None:
        """Nothing follows: the last step ends with its update."""
        self._merge_before()
        current = self._current
        if not self.explicit and not self._is_off and current is not None and current.updated_by:
            self._exhausted = True
            self._complete(current, self._last_update, None)
        self.forget()
        self.switch_off()

    def forget(self, thread: Optional[int] = None) -> None:
        """Begins anew; what was seen of a step is dropped.

        With a `thread`, that one trains, and is in the middle of a step whose beginning was missed:
        recording begins with its next batch or forward pass.
        """
        self._current = self._before = self._kept = None
        self._update_id = None
        if thread is not None:
            self.thread = thread
            self._is_partial = True

    def switch_off(self) -> None:
        """Nothing is measured from now on."""
        self._is_off = self.busy = True

    # Parts

    def _mark(self) -> Any:
        return None if self._device is None else self._device.mark()

    def _mark_phase(self, current: Step, phase: int) -> None:
        if self._device is not None:
            current.add_mark(phase, self._phase_mark, self._device.mark())

    def _mark_update(self, current: Step, mark: Any) -> None:
        if self._update_mark is None or mark is None:
            return
        inside = (current.marks or [])[self._update_marks :]
        for _, first, last in inside:
            current.add_mark(INSIDE, first, last)
        current.add_mark(OPTIMIZER, self._update_mark, mark)

    def _open(self, now: float, mark: Any) -> Step:
        current = self._current = Step(now)
        if mark is not None:
            current.start_mark = mark
        return current

    def _begin_work(self, now: float) -> None:
        current = self._current
        mark = None if self._device is None else self._device.mark()
        if current is None:
            self._open(now, mark)
        elif current.updated_by and self._update_id is None and not self._inside:
            # After an update: perhaps the next pass, perhaps another optimizer's turn.
            self._before = current
            self._open(now, mark)
        self.busy = True
        self._phase_start = now
        self._phase_mark = mark

    def _begin_evaluation(self, now: float) -> bool:
        self._merge_before()
        current = self._current
        if current is None:
            return False
        if current.updated_by and not self._inside:
            self._complete(current, now, self._mark())
            self._current = None
            return False
        current.evaluated = True
        self._cutting = self.busy = True
        self._phase_start = now
        self._phase_mark = self._mark()
        return True

    def _begin_pass(self, now: float, mark: Any, source: Optional[int]) -> None:
        if self._before is not None:
            self._merge_before()
        current = self._current
        if current is not None:
            if current.updated_by:
                self._complete(current, now, mark)
            elif current.backward_calls:
                self._keep(current, now, mark)
            elif source is not None and source == self._source and current.only_fetched():
                # A batch fetched ahead, or passed over.
                return
        self._open(now, mark)

    def _keep(self, current: Step, now: float, mark: Any) -> None:
        current.wall += now - current.start
        current.add_span(mark)
        if self._kept is not None:
            current.take_in(self._kept)
        self._kept = current

    def _merge_before(self) -> None:
        before, self._before = self._before, None
        if before is None:
            return
        if self._current is not None:
            before.take_in(self._current)
        self._current = before

    def _settle(self, optimizer: int, now: float) -> None:
        """Whether an update begins a new step is known once its optimizer is."""
        if self._before is not None:
            self._settle_before(optimizer)
            return
        current = self._current
        if current is not None and optimizer in current.updated_by:
            mark = self._mark()
            self._complete(current, now, mark)
            self._open(now, mark)

    def _settle_before(self, optimizer: int) -> None:
        before, current = self._before, self._current
        if before is None or current is None:
            return
        if optimizer in before.updated_by:
            self._before = None
            self._complete(before, current.start, current.start_mark)
        else:
            self._merge_before()

    def _note_update(self, current: Step, optimizer: int, now: float) -> None:
        alone = self._optimizers.get(optimizer)
        if alone is None:
            if len(self._optimizers) >= _MAX_MODELS:
                self._optimizers.clear()
            alone = self._optimizers[optimizer] = frozenset((optimizer,))
        current.updated_by = current.updated_by | alone if current.updated_by else alone
        self._last_update = now

    def _complete(self, current: Step, end: float, mark: Any) -> None:
        if self._exhausted:
            self._exhausted = False
            end = min(end, max(self._last_update, current.start))
        wall = end - current.start
        current.ended = end
        if self._kept is not None:
            current.take_in(self._kept)
            self._kept = None
        traced = wall + current.wall - current.input - current.cut
        current.traced = traced if traced > 0.0 else 0.0
        if self._device is not None:
            current.add_span(mark)
            current.memory = self._device.take_peaks()
        self.completed = current.number = self.completed + 1
        if self._max_steps is not None and self.completed >= self._max_steps:
            self.switch_off()
        self._emit(current)
