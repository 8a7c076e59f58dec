"""The tracker of steps, with the layers inside their phases."""

from typing import Any

from ..step_tracker import StepTracker
from .profile import LayerProfile


class LayerTracker(StepTracker):
    """Opens and closes the recording of the pass that a phase belongs to."""

    __slots__ = ("layers", "_merges")

    def __init__(self, layers: LayerProfile, thread: int, **options: Any) -> None:
        super().__init__(layers.complete, thread, **options)
        self.layers = layers
        #: Whether what followed an update was part of the same step, the last time.
        self._merges = False

    def begin_forward(self, module: Any, has_gradients: bool) -> bool:
        if not super().begin_forward(module, has_gradients):
            return False
        if not self._cutting:
            self._open_layers(module)
        return True

    def end_forward(self) -> None:
        self._close_layers()
        super().end_forward()

    def begin_backward(self) -> bool:
        if not super().begin_backward():
            return False
        self._open_layers(None)
        return True

    def end_backward(self) -> None:
        self._close_layers()
        super().end_backward()

    # Parts

    def _open_layers(self, module: Any) -> None:
        number = self.completed + 1
        if self._before is not None and not self._merges:
            number += 1
        try:
            self.layers.open(self._current, number, module)
        except Exception as error:
            self.layers.fail(error)

    def _close_layers(self) -> None:
        if self.layers.active is None:
            return
        try:
            self.layers.close()
        except Exception as error:
            self.layers.fail(error)

    def _merge_before(self) -> None:
        if self._before is not None:
            self._merges = True
        super()._merge_before()

    def _settle_before(self, optimizer: int) -> None:
        # Set to true where it merges.
        self._merges = False
        super()._settle_before(optimizer)
