"""What the layers cost in one pass of the loop, as it happens.

At any moment the time belongs to one owner: forward, to the module that was called last and has not
returned; backward, to the one whose operations autograd is undoing. Each hook hands over from one
owner to the next, so the times are self times and add up, whatever is nested, shared or recursive.

Backward the hooks are those of autograd's nodes: where a module's output was made, the module takes
over; where an input was made by its caller, the caller does. Nothing is done to a tensor, so that
operations in place stay legal.
"""

from threading import get_ident
from time import perf_counter
from typing import Any, Callable, Dict, List, Optional, Set
from weakref import ref

from torch import is_grad_enabled

from .cost import Call, Cost, Lane, Marked, larger
from .model_map import ModelMap
from .tensors import bytes_of, tensors_in


class Recording:
    """One pass. `host` is what it is part of: it knows the models, the device and the autograd."""

    __slots__ = (
        "number", "is_partial", "costs", "spent", "forward_lanes", "backward_lanes", "marks",
        "_host", "_models", "_device", "_thread", "_lanes", "_phase", "_is_backward", "_nodes",
        "_tasks",
    )  # fmt: skip

    def __init__(self, host: Any, models: ModelMap, thread: int, number: int, device: Any) -> None:
        #: Number that the step is expected to get.
        self.number = number
        #: Part of the step was not recorded.
        self.is_partial = False
        #: By identity of module or layer, in the order of the first call.
        self.costs: Dict[int, Cost] = {}
        #: Seconds that the hooks took: in forward, in backward.
        self.spent = [0.0, 0.0]
        #: Where the device's time passed from owner to owner.
        self.forward_lanes: List[List[Marked]] = []
        self.backward_lanes: List[List[Marked]] = []
        #: Marks made so far; None once there were too many.
        self.marks: Optional[int] = 0
        self._host = host
        self._models = models
        self._device = device
        self._thread = thread
        #: Of the phase that is open, by thread.
        self._lanes: Dict[int, Lane] = {}
        self._phase = 0
        self._is_backward = False
        self._nodes: Dict[int, "Arrival"] = {}
        self._tasks: Set[int] = set()

    # Phases

    def open(self, is_backward: bool) -> None:
        """A phase begins."""
        begun = perf_counter()
        self._phase += 1
        self._is_backward = is_backward
        self._tasks.clear()
        self._lanes = {self._thread: Lane(begun, is_backward, 0)}
        self._pass_on(self._lanes[self._thread], None, begun)

    def close(self) -> None:
        """The phase has ended."""
        begun = perf_counter()
        for lane in list(self._lanes.values()):
            self._pass_on(lane, None, begun)
            if lane.marks:
                (self.backward_lanes if lane.is_backward else self.forward_lanes).append(lane.marks)
        self._lanes = {}

    def is_here(self) -> bool:
        """Whether this thread is one that is recorded."""
        return get_ident() in self._lanes

    # Calls

    def call(self, function: Callable[..., Any], module: Any, args: Any, kwargs: Any) -> Any:
        """Calls a module, `function(module, ...)`; its own time is its layer's."""
        lane = self._lanes.get(get_ident())
        if lane is None:
            return function(module, *args, **kwargs)
        begun = perf_counter()
        try:
            cost = self._cost_of(module)
        except Exception as error:
            self._host.fail(error)
            cost = None
        if cost is None:
            return function(module, *args, **kwargs)
        return self._run(cost, lane, begun, function, (module, *args), args, kwargs)

    def run_part(self, name: str, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Calls a function that is a layer by its name."""
        lane = self._lanes.get(get_ident())
        if lane is None:
            return function(*args, **kwargs)
        begun = perf_counter()
        try:
            cost = self._cost_of_part(name, lane)
        except Exception as error:
            self._host.fail(error)
            return function(*args, **kwargs)
        return self._run(cost, lane, begun, function, args, args, kwargs)

    def enter_part(self, name: str) -> Any:
        """A part of the program begins; what it returns is to be given to `leave_part`."""
        lane = self._lanes.get(get_ident())
        if lane is None:
            return None
        begun = perf_counter()
        cost, caller = self._cost_of_part(name, lane), lane.owner
        if not lane.is_backward:
            cost.forward_calls += 1
        self._pass_on(lane, cost, begun)
        return lane, caller

    def leave_part(self, entered: Any) -> None:
        """The part has ended."""
        lane, caller = entered
        self._pass_on(lane, caller, perf_counter())

    def _run(
        self, cost: Cost, lane: Lane, begun: float, function: Any, given: Any, args: Any, kwargs: Any
    ) -> Any:
        caller = lane.owner
        if is_grad_enabled() and not cost.layer.is_refused:
            try:
                self._note_inputs(lane, caller, args)
                if kwargs:
                    self._note_inputs(lane, caller, kwargs)
            except Exception as error:
                self._host.refuse(cost.layer, error)
        self._pass_on(lane, cost, begun)
        try:
            output = function(*given, **kwargs)
        except BaseException:
            self._pass_on(lane, caller, perf_counter())
            raise
        begun = perf_counter()
        if not lane.is_backward:
            cost.forward_calls += 1
        if not cost.layer.is_refused:
            try:
                self._note_output(lane, cost, output)
            except Exception as error:
                self._host.refuse(cost.layer, error)
        self._pass_on(lane, caller, begun)
        return output

    def _cost_of(self, module: Any) -> Optional[Cost]:
        cost = self.costs.get(id(module))
        if cost is None:
            layer = self._models.find(module)
            if layer is not None:
                cost = self.costs[id(module)] = Cost(layer)
        return cost

    def _cost_of_part(self, name: str, lane: Lane) -> Cost:
        owner = None if lane.owner is None else lane.owner.layer
        layer = self._models.part(owner, name)
        cost = self.costs.get(id(layer))
        if cost is None:
            cost = self.costs[id(layer)] = Cost(layer)
        return cost

    def _note_output(self, lane: Lane, cost: Cost, output: Any) -> None:
        """An output counts for the layer that made it, not for those that only pass it on."""
        size, call, handed = 0, None, []
        for tensor in tensors_in(output):
            node = tensor.grad_fn
            arrival = None if node is None else self._arrival(lane, node, cost)
            if arrival is not None:
                is_own = arrival.maker is cost
                if call is None:
                    call = Call(cost)
                if call not in arrival.calls:
                    arrival.calls.append(call)
            else:
                is_own = not any(known() is tensor for known in lane.handed)
                handed.append(ref(tensor))
            if is_own:
                size += bytes_of(tensor)
        lane.handed = handed
        if not lane.is_backward:
            cost.forward_bytes = larger(cost.forward_bytes, size)

    def _note_inputs(self, lane: Lane, caller: Optional[Cost], given: Any) -> None:
        for tensor in tensors_in(given):
            node = tensor.grad_fn
            if node is not None:
                self._arrival(lane, node, caller)

    # Gradients

    def _arrival(self, lane: Lane, node: Any, maker: Optional[Cost]) -> Optional["Arrival"]:
        """What happens when the gradient of a node's output is there; `maker` made the output."""
        if not self._host.can_follow(node):
            return None
        key = node._sequence_nr() + lane.nodes
        arrival = self._nodes.get(key)
        if arrival is None:
            arrival = Arrival(self, maker)
            node.register_prehook(arrival)
            self._nodes[key] = arrival
        return arrival

    def arrived(self, arrival: "Arrival", gradients: Any) -> None:
        """Autograd is about to undo what the arrival's maker did last."""
        if self._host.active is not self or not self._is_backward:
            return
        begun = perf_counter()
        lane = self._lanes.get(get_ident())
        if lane is None:
            # A thread of autograd, which works for a device.
            lane = self._lanes[get_ident()] = Lane(begun, True, len(self._lanes) << 48)
        self._host.at_end_of_graph(self._tasks, self._graph_ended)
        if arrival.calls:
            size = sum(bytes_of(gradient) for gradient in gradients if gradient is not None)
            for call in arrival.calls:
                call.arrived(size if call.cost is arrival.maker else 0, self._phase)
        self._pass_on(lane, arrival.maker, begun)

    def _graph_ended(self) -> None:
        """What follows, such as waiting for other ranks, is no layer's."""
        if self._host.active is self:
            begun = perf_counter()
            for lane in list(self._lanes.values()):
                self._pass_on(lane, None, begun)

    # Parts

    def _pass_on(self, lane: Lane, owner: Optional[Cost], begun: float) -> None:
        """The owner's time begins now; what the hook took since `begun` is nobody's."""
        lane.hand_over(owner, begun)
        if self._device is not None and self.marks is not None:
            try:
                mark = self._device.take(self.marks)
            except Exception:
                # A device that has failed is the program's to report.
                mark = None
            if mark is None:
                self.marks = None
            else:
                self.marks += 1
                lane.marks.append((owner, mark))
        now = perf_counter()
        self.spent[lane.is_backward] += now - begun
        lane.since = now

    def joined(self, other: Any) -> "Recording":
        """Both passes are one step. Returns the recording of the whole."""
        if not isinstance(other, Recording):
            self.is_partial = self.is_partial or other is not None
            return self
        for key, cost in other.costs.items():
            mine = self.costs.get(key)
            if mine is None:
                self.costs[key] = cost
            else:
                mine.take_in(cost)
        self.is_partial = self.is_partial or other.is_partial
        self.spent = [mine + theirs for mine, theirs in zip(self.spent, other.spent)]
        self.forward_lanes += other.forward_lanes
        self.backward_lanes += other.backward_lanes
        lost = self.marks is None or other.marks is None
        self.marks = None if lost else self.marks + other.marks  # type: ignore[operator]
        return self

    def end(self) -> None:
        """Nothing more is recorded."""
        self._nodes.clear()
        self._lanes = {}


class Arrival:
    """The hook of one node."""

    __slots__ = ("recording", "maker", "calls")

    def __init__(self, recording: Recording, maker: Optional[Cost]) -> None:
        self.recording = recording
        self.maker = maker
        self.calls: List[Call] = []

    def __call__(self, gradients: Any) -> None:
        try:
            self.recording.arrived(self, gradients)
        except Exception as error:
            self.recording._host.fail(error)


class _NotRecorded:
    """Stands for the recording of a pass that is not measured."""

    def joined(self, other: Any) -> Any:
        return self if other is None or other is self else other.joined(self)


NOT_RECORDED = _NotRecorded()
