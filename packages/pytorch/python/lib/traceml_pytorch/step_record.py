"""What one training step was: the record that the training thread hands to the agent thread."""

from typing import Any, List, NamedTuple, Optional, Tuple

#: Phases of a step. CUT is an evaluation in the middle of one, which belongs to no step; INSIDE is
#: another phase within an update, which is not the update's.
INPUT, H2D, FORWARD, BACKWARD, OPTIMIZER, CUT, INSIDE = range(7)


class DeviceStep(NamedTuple):
    """Marks on the device's stream, read later, when the device has passed them."""

    #: Phase and the two marks around it, in the order in which they ended.
    phases: List[Tuple[int, Any, Any]]
    #: The marks around the stretches that make up the step, input wait included.
    spans: List[Tuple[Any, Any]]
    #: Label of the device, peak bytes allocated and reserved since the last step.
    memory: Optional[Tuple[str, float, float]]


class StepRecord(NamedTuple):
    """One completed step. Durations are seconds of the host's monotonic clock."""

    step: int
    #: Monotonic time at which the step ended.
    ended: float
    input: float
    input_calls: int
    h2d: float
    h2d_calls: int
    forward: float
    forward_calls: int
    backward: float
    backward_calls: int
    optimizer: float
    optimizer_calls: int
    #: Everything but the input wait.
    traced: float
    #: What the device will say, or None on a host without one.
    device: Optional[DeviceStep]
