"""The client of this process: hooks from the first import of torch on, a thread from the first batch."""

import atexit
import os
import sys
import threading
from typing import Any, Callable, Optional

from .agent import Agent, StepQueue
from .hooks.guard import Guard
from .hooks.install import KINDS, device_clock_of, install
from .identity import resolve_identity
from .output_capture import OutputCapture
from .patches import Patches
from .rank_claim import RankClaim
from .samplers.rows import ProcessRows, SystemRows, environment_row
from .sender import Sender
from .settings import Settings, is_disabled, is_in_run, resolve_settings
from .step_tracker import StepTracker

#: The longest that the end of a program waits for telemetry to arrive.
FINISH_SECONDS = 2.0


class Runtime:
    """One per process. Nothing here raises into the program that is traced."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._torch: Any = None
        self._patches = Patches()
        self._settings: Optional[Settings] = None
        self._agent: Optional[Agent] = None
        self._sender: Optional[Sender] = None
        self._claim: Optional[RankClaim] = None
        self._output: Optional[OutputCapture] = None
        self._queue = StepQueue()
        self._strategy: Optional[str] = None
        self._has_environment = False
        self._device: Any = None
        #: What measures layers, under the profile `deep`; else None.
        self.layers: Any = None
        #: Why nothing is recorded, or None.
        self.off_reason: Optional[str] = None
        self.tracker = StepTracker(self._queue.put, threading.main_thread().ident or 0)
        self.guard = Guard(self.tracker, self._begin)

    @property
    def is_prepared(self) -> bool:
        return self._torch is not None

    @property
    def is_running(self) -> bool:
        return self._agent is not None

    @property
    def settings(self) -> Optional[Settings]:
        return self._settings

    def prepare(self, torch: Any, settings: Optional[Settings] = None, kinds: Any = tuple(KINDS)) -> None:
        """Puts the hooks into torch. Recording begins with the first batch, gradient or update.

        Raises ValueError for a variable of the environment that cannot be used.
        """
        if self._torch is not None or self.off_reason is not None:
            return
        self._settings = settings if settings is not None else resolve_settings(os.environ)
        self._torch = torch
        self._device = device_clock_of(torch)
        self.tracker = self._make_tracker(self._settings)
        self.guard = Guard(self.tracker, self._begin, _compiling_test(torch))
        if self._settings.profile != "watch":
            self.hook(kinds)
        if self._settings.mode != "summary" and os.environ.get("LOCAL_RANK", "0") == "0":
            self._output = OutputCapture()
            self._output.install()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def hook(self, kinds: Any) -> None:
        """Replaces the hooks that are in by those of these kinds."""
        self.unhook()
        if self._device is not None:
            self._device.install(self._patches)
        install(self._torch, self._patches, self.guard, kinds)

    def unhook(self) -> None:
        """Takes all hooks off; every seam is what it was."""
        self._patches.undo()

    def begin_step(self, model: Any) -> bool:
        """The script marks a step; False when that is not to be recorded."""
        if not self.is_prepared or self.off_reason is not None or is_disabled(os.environ):
            return False
        if not self.guard.adopt_thread() or self.tracker.is_inside:
            return False
        self.note_model(model)
        self.guard.note_activity()
        if self.off_reason is not None or self.tracker.busy:
            return False
        self.tracker.begin_step()
        return True

    def end_step(self, is_completed: bool) -> None:
        """The step that `begin_step` began."""
        self.tracker.end_step(is_completed)

    def note_model(self, model: Any) -> None:
        """A model says how the run is spread."""
        if self._strategy is None and model is not None:
            self._strategy = strategy_of(type(model))

    def flush(self, seconds: float) -> bool:
        """Waits until what was recorded before has arrived."""
        return self._agent is not None and self._agent.flush(seconds)

    def stand_down(self, reason: str) -> None:
        """This process is not recorded: everything is taken off, and nothing more is sent."""
        self._switch_off(reason)
        self.unhook()
        if self._sender is not None:
            self._sender.close()

    def finish(self) -> None:
        """The program ends. Waits a bounded time for what is left."""
        agent, self._agent = self._agent, None
        if agent is None:
            return
        try:
            self.tracker.end_training()
            agent.finish(FINISH_SECONDS)
        except Exception as error:
            sys.stderr.write("traceml: the end of the run could not be sent (%r).\n" % error)

    def start(self) -> bool:
        """Starts the thread; False when this process is not to be recorded."""
        with self._lock:
            if self._agent is not None:
                return True
            if self.off_reason is not None or self._settings is None:
                return False
            return self._start(self._settings)

    # Parts

    def _begin(self) -> None:
        """The first sign of a training."""
        try:
            if is_disabled(os.environ):
                self._switch_off("disabled")
            elif _is_loader_worker(self._torch):
                self._switch_off("a worker of a loader")
            else:
                self.start()
        except Exception as error:
            self._switch_off(repr(error))
            _say("recording could not start (%r); the training goes on untraced." % error)

    def _make_tracker(self, settings: Settings) -> StepTracker:
        thread = threading.main_thread().ident or 0
        options = {"device": self._device, "max_steps": settings.max_steps}
        if settings.profile == "deep":
            try:
                from .layers.layer_tracker import LayerTracker
                from .layers.profile import LayerProfile
                from .layers.step_sampler import budget_of

                self.layers = LayerProfile(self._queue.put, budget_of(os.environ), self._device)
                return LayerTracker(self.layers, thread, **options)
            except (ImportError, AttributeError) as error:
                self.layers = None
                _say("layers cannot be measured with this release of torch (%r); steps are." % error)
        return StepTracker(self._queue.put, thread, **options)

    def _start(self, settings: Settings) -> bool:
        torch = self._torch
        identity = resolve_identity(os.environ, getattr(torch, "distributed", None))
        claim = RankClaim(settings.session_dir, identity.global_rank)
        if not claim.take():
            self._switch_off("another process records this rank")
            _say("another process of this run records rank %d; this one does not." % identity.global_rank)
            return False
        self._claim = claim
        self._sender = Sender(
            settings.host,
            settings.port,
            identity,
            settings.session_id,
            settings.token,
            on_warning=lambda message: print(message, file=sys.stderr),
        )
        self._agent = Agent(
            self._sender,
            self._queue,
            identity,
            settings.interval,
            completed_steps=lambda: self.tracker.completed,
            system=lambda: (
                SystemRows(ranks=identity.local_world_size) if identity.local_rank == 0 else None
            ),
            process=lambda: ProcessRows(torch, identity),
            environment=lambda: self._environment(torch, identity),
            lines=self._output.take if self._output is not None else None,
            device=self._device,
            layers=None if self.layers is None else self.layers.rows,
        )
        self._agent.start()
        atexit.register(self.finish)
        _at_end_of_child(self.finish)
        return True

    def _environment(self, torch: Any, identity: Any) -> Any:
        if self._has_environment or self.tracker.completed == 0:
            return None
        self._has_environment = True
        stated = [self._strategy, *map(strategy_of, set(self.tracker.model_types))]
        return environment_row(torch, identity, next((name for name in stated if name), None))

    def _switch_off(self, reason: str) -> None:
        self.off_reason = reason
        self.tracker.switch_off()

    def _after_fork(self) -> None:
        """A child has neither the thread nor a right to the socket, the lock and the rank."""
        self._lock = threading.Lock()
        was_running = self._agent is not None
        self._agent = None
        if self._sender is not None:
            self._sender.forget_socket()
        if self._claim is not None:
            self._claim.release()
            self._claim = None
        if was_running or self.tracker.busy:
            # A worker of a loader, or a helper of the training: not a rank.
            self._switch_off("a child of a process that records")
        else:
            self.tracker.thread = threading.get_ident()
            self.tracker.forget()


def strategy_of(model_type: type) -> Optional[str]:
    """`ddp` or `fsdp` when models of this class are wrapped so, else None."""
    for base in model_type.__mro__:
        if base.__module__.startswith("torch."):
            if base.__name__ == "DistributedDataParallel":
                return "ddp"
            if base.__name__ in ("FullyShardedDataParallel", "FSDPModule"):
                return "fsdp"
    return None


def _compiling_test(torch: Any) -> Callable[[], bool]:
    compiler = getattr(torch, "compiler", None)
    found = getattr(compiler, "is_compiling", None)
    if found is None:
        return lambda: False
    return found  # type: ignore[no-any-return]


def _is_loader_worker(torch: Any) -> bool:
    return torch.utils.data.get_worker_info() is not None


def _at_end_of_child(action: Callable[[], None]) -> None:
    """Children of `multiprocessing` that were forked end without `atexit`."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, action, exitpriority=100)


def _say(text: str) -> None:
    sys.stderr.write("traceml: %s\n" % text)


#: The client of this process.
runtime = Runtime()

__all__ = ["Runtime", "is_in_run", "runtime", "strategy_of"]
