"""The deep profile of one process: which steps are measured, and what becomes of them."""

import sys
from threading import get_ident
from time import perf_counter
from typing import Any, Callable, Optional, Sequence, Set

import torch
from torch.autograd import Variable

from ..step import Step
from .marks import MarkPool
from .measured_step import MeasuredStep
from .model_map import ModelMap, Selection
from .model_rows import device_of, measure
from .module_walk import calling_frame, outermost_caller
from .recording import NOT_RECORDED, Recording
from .step_sampler import StepSampler

#: What a node of autograd must offer: a hook before it runs, and a number that tells it.
_FOLLOWED = ("register_prehook", "_sequence_nr")
#: Measured steps without a layer before that is said.
_PATIENCE = 8


class LayerProfile:
    """What the hooks ask. `emit` gets every completed step, with its layers if it was measured."""

    def __init__(self, emit: Callable[[Step], None], budget: float, device: Any = None) -> None:
        #: The recording that the hooks of this moment belong to, or None.
        self.active: Optional[Recording] = None
        self.models = ModelMap()
        self.sampler = StepSampler(budget)
        self.device = None if device is None else MarkPool(device)
        self._emit = emit
        self._is_off = False
        self._follows: Optional[bool] = None
        self._said: Set[str] = set()
        self._empty = 0

    # Phases

    def open(self, step: Optional[Step], number: int, module: Any = None) -> None:
        """A phase of a step begins: forward with its outermost module, backward without one."""
        if step is None or self._is_off:
            return
        recording = step.layers
        if recording is None:
            if not self.sampler.should_sample(number):
                step.layers = NOT_RECORDED
                return
            recording = step.layers = Recording(
                self, self.models, get_ident(), number, self._device_now()
            )
        elif recording is NOT_RECORDED:
            return
        begun = perf_counter()
        if module is not None and _is_tracing():
            recording.is_partial = True
            return
        if module is not None:
            self._meet(module)
        recording.spent[module is None] += perf_counter() - begun
        recording.open(module is None)
        self.active = recording

    def close(self) -> None:
        """The phase has ended."""
        recording, self.active = self.active, None
        if recording is not None:
            recording.close()

    def complete(self, step: Step) -> None:
        """A step is complete: takes it over with what was measured in it."""
        recording, step.layers = step.layers, None
        if isinstance(recording, Recording):
            try:
                self._finish(step, recording)
            except Exception as error:
                self.fail(error)
        elif not self._is_off:
            self.sampler.observe(step.traced * 1e3, 0.0, False)
        self._emit(step)

    def rows(self, wall_origin: float) -> Any:
        """What makes the rows of measured steps, for the agent's thread."""
        from .rows import LayerRows

        return LayerRows(wall_origin, self.device)

    def declare(
        self, model: Any, include: Sequence[str], exclude: Sequence[str], leaf_only: bool
    ) -> None:
        """The script names a model, and which of its modules are layers."""
        self.models.add(model, Selection(include, exclude, leaf_only))

    # What recordings ask of their host

    def can_follow(self, node: Any) -> bool:
        """Whether this release of torch tells when autograd comes to a node."""
        if self._follows is None:
            self._follows = all(hasattr(node, name) for name in _FOLLOWED)
            if not self._follows:
                self._say_once(
                    "this release of torch does not tell where autograd is; of the layers, only the "
                    "forward pass is measured"
                )
        return self._follows

    def refuse(self, layer: Any, error: BaseException) -> None:
        """What goes in or out of a layer cannot be followed; only its forward time is measured."""
        layer.is_refused = True
        self._say_once(
            "the tensors of layer %s cannot be followed (%r); only its forward time is measured"
            % (layer.name, error)
        )

    def at_end_of_graph(self, known: Set[int], action: Callable[[], None]) -> None:
        """Has the action done when autograd has come to the end, once for each graph in `known`."""
        task = _graph_task()
        if task in known:
            return
        known.add(task)
        try:
            Variable._execution_engine.queue_callback(action)
        except RuntimeError:
            # Compiled or nested in a way that has no such end: the phase's end is the next best.
            pass

    def fail(self, error: BaseException) -> None:
        """A mistake of ours ends the deep profile, and nothing else."""
        self._is_off = True
        self.active = None
        self._say_once(
            "measuring layers stopped after an internal error (%r); the training goes on" % error
        )

    # Parts

    def _meet(self, module: Any) -> None:
        models = self.models
        if models.is_stale:
            models.refresh()
        if models.knows(module) or not isinstance(module, torch.nn.Module):
            return
        root = outermost_caller(module, torch.nn.Module, calling_frame())
        if next(root.parameters(), None) is None:
            # A loss: outside of every layer.
            return
        for layer in models.add(root).layers:
            if layer.is_opaque:
                self._say_once("what is inside %s is measured as one layer" % layer.type_name)

    def _device_now(self) -> Optional[MarkPool]:
        return self.device if self.device is not None and self.device.clock.label is not None else None

    def _finish(self, step: Step, recording: Recording) -> None:
        every = self.sampler.every
        recording.end()
        self.sampler.observe(step.traced * 1e3, sum(recording.spent) * 1e3, True)
        if recording.is_partial or step.number % every or self._is_off:
            return
        if recording.marks is None:
            self._say_once(
                "steps with more calls of modules than the device's clock takes, or in a captured "
                "graph, are not measured by layer"
            )
            return
        if not recording.costs:
            self._empty += 1
            if self._empty == _PATIENCE:
                self._say_once(
                    "no module was called in %d measured steps; a step that is compiled as a whole "
                    "has no layers" % _PATIENCE
                )
            return
        step.layers = MeasuredStep(step, recording, every)
        layers = [cost.layer for cost in recording.costs.values()]
        for layer in layers:
            model = layer.model
            self.models.number(model)
            if model.parameters is None:
                # Now: a program may be done with its model before the agent comes to it.
                model.parameters = measure(model, layers)
                device_of(model)

    def _say_once(self, text: str) -> None:
        if text not in self._said and len(self._said) < 32:
            self._said.add(text)
            try:
                sys.stderr.write("traceml: %s.\n" % text)
            except Exception:
                # A program without an open stderr; it must not hear of it elsewhere.
                pass


def _is_tracing() -> bool:
    """Whether a program is being recorded rather than run: its tensors must not be looked at."""
    if torch._C._get_tracing_state() is not None:
        return True
    functorch = getattr(torch._C, "_functorch", None)
    peek = getattr(functorch, "peek_interpreter_stack", None)
    return peek is not None and peek() is not None


def _no_task() -> int:
    return 0


_graph_task: Callable[[], int] = getattr(torch._C, "_current_graph_task_id", _no_task)
