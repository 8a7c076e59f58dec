"""`init`: which hooks measure, and where a script without a launcher reports to."""

import os
import socket
import sys
import threading
import time
from typing import Optional

from ..runtime import runtime
from ..settings import Settings, is_disabled, is_in_run, resolve_settings
from .config import DISABLED, TraceMLInitConfig, parse_config

_lock = threading.Lock()
_config: Optional[TraceMLInitConfig] = None


def init(
    *,
    mode: str = "auto",
    patch_dataloader: Optional[bool] = None,
    patch_forward: Optional[bool] = None,
    patch_backward: Optional[bool] = None,
    patch_h2d: Optional[bool] = None,
    disabled: Optional[bool] = None,
    ui_mode: Optional[str] = None,
    interval: Optional[float] = None,
    logs_dir: Optional[str] = None,
    enable_logging: Optional[bool] = None,
    session_id: Optional[str] = None,
    aggregator_host: Optional[str] = None,
    aggregator_port: Optional[int] = None,
    connect_timeout_sec: float = 10.0,
    connect_retry_interval_sec: float = 0.25,
    on_missing_aggregator: Optional[str] = None,
) -> TraceMLInitConfig:
    """Chooses what is measured; once per process, before the training.

    `mode` is ``auto`` (everything), ``manual`` (only what the script marks and wraps) or
    ``selective`` (the `patch_*` that are true). Under ``traceml run`` the rest is said already;
    without it, the script reports to a running ``traceml serve``, whose address and session come
    from the arguments, the environment or the defaults.

    Raises ValueError for a mode or a value that cannot be used, RuntimeError when it was called
    before with other choices, or, with ``on_missing_aggregator='raise'``, when nobody answers.
    By default that costs one line and the training runs untraced.
    """
    global _config
    with _lock:
        if is_disabled(os.environ) if disabled is None else disabled:
            return _agree(DISABLED)
        config = parse_config(mode, patch_dataloader, patch_forward, patch_backward, patch_h2d)
        if _config is not None:
            return _agree(config)
        settings = resolve_settings(
            os.environ,
            ui_mode=ui_mode,
            interval=interval,
            logs_dir=logs_dir,
            session_id=session_id,
            aggregator_host=aggregator_host,
            aggregator_port=aggregator_port,
        )
        if not is_in_run(os.environ):
            reason = _unreachable(settings, connect_timeout_sec, connect_retry_interval_sec)
            if reason is not None:
                return _missing(reason, on_missing_aggregator)
        _config = config
        _apply(config, settings)
        return config


start = init


def get_init_config() -> Optional[TraceMLInitConfig]:
    """What `init` was asked for, or None before it was called."""
    return _config


def is_initialized() -> bool:
    """Whether `init` was called."""
    return _config is not None


def _apply(config: TraceMLInitConfig, settings: Settings) -> None:
    import torch

    # Without step hooks nobody but the script says where a step ends.
    is_manual = config.mode == "manual"
    if runtime.is_prepared:
        runtime.hook(config.kinds)
    else:
        runtime.prepare(torch, settings, config.kinds)
    if is_manual:
        runtime.tracker.explicit = True


def _agree(config: TraceMLInitConfig) -> TraceMLInitConfig:
    global _config
    if _config is None:
        _config = config
        if config.disabled:
            os.environ["TRACEML_DISABLED"] = "1"
            runtime.stand_down("disabled")
    if _config != config:
        raise RuntimeError("init was called with %r before, and now with %r." % (_config, config))
    return _config


def _unreachable(settings: Settings, timeout: float, pause: float) -> Optional[str]:
    """Why nobody answers at the address of the aggregator, or None when somebody does."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            socket.create_connection((settings.host, settings.port), 0.5).close()
            return None
        except OSError as error:
            if time.monotonic() + pause > deadline:
                return "no aggregator at %s:%d (%s)" % (settings.host, settings.port, error)
        time.sleep(pause)


def _missing(reason: str, given: Optional[str]) -> TraceMLInitConfig:
    text = given if given is not None else os.environ.get("TRACEML_ON_MISSING_AGGREGATOR", "")
    policy = text.strip().lower() or "warn"
    if policy not in ("warn", "raise"):
        raise ValueError("on_missing_aggregator is %r; give 'warn' or 'raise'." % text)
    if policy == "raise":
        raise RuntimeError("traceml: %s; start it with: traceml serve" % reason)
    sys.stderr.write(
        "traceml: %s; the training runs untraced. Start it with: traceml serve\n" % reason
    )
    return _agree(DISABLED)
