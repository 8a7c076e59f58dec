"""What the launcher, or the shell, says about the run."""

import os
import time
from typing import Any, Mapping, NamedTuple, Optional

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 29765


class Settings(NamedTuple):
    """Everything the client needs to know; resolved once."""

    session_id: str
    #: Absolute folder that holds the sessions.
    logs_dir: str
    host: str
    port: int
    token: Optional[str]
    profile: str
    mode: str
    #: Seconds between two samples of host and process.
    interval: float
    #: The last step that is recorded, or None for all.
    max_steps: Optional[int]
    has_history: bool

    @property
    def session_dir(self) -> str:
        return os.path.join(self.logs_dir, self.session_id)


def is_disabled(env: Mapping[str, str]) -> bool:
    """Whether the kill switch is set."""
    return env.get("TRACEML_DISABLED") == "1"


def is_in_run(env: Mapping[str, str]) -> bool:
    """Whether a launcher, or a shell, named the aggregator of a session."""
    return bool(
        not is_disabled(env)
        and env.get("TRACEML_AGGREGATOR_PORT", "").strip()
        and env.get("TRACEML_SESSION_ID", "").strip()
    )


def resolve_settings(env: Mapping[str, str], **given: Any) -> Settings:
    """What is given wins over the environment, which wins over the defaults.

    Raises ValueError for a value that cannot be used.
    """

    def text(option: str, name: str, default: str) -> str:
        value = given.get(option)
        if value is None:
            value = env.get(name, "").strip()
        return str(value) if value else default

    port = _number(text("aggregator_port", "TRACEML_AGGREGATOR_PORT", str(DEFAULT_PORT)), int)
    if port is None or not 1 <= port <= 65535:
        raise _invalid("aggregator port", "TRACEML_AGGREGATOR_PORT", env, "a whole number from 1 to 65535")
    interval = _number(text("interval", "TRACEML_INTERVAL", "2"), float)
    if interval is None or not 0 < interval <= 86400:
        raise _invalid("sampling interval", "TRACEML_INTERVAL", env, "seconds above 0 and at most 86400")
    steps = text("max_steps", "TRACEML_TRACE_MAX_STEPS", "")
    max_steps = _number(steps, int) if steps else None
    if steps and (max_steps is None or max_steps < 1):
        raise _invalid("number of steps to record", "TRACEML_TRACE_MAX_STEPS", env, "a whole number above 0")
    return Settings(
        text("session_id", "TRACEML_SESSION_ID", "") or new_session_id(),
        os.path.abspath(text("logs_dir", "TRACEML_LOGS_DIR", "./logs")),
        text("aggregator_host", "TRACEML_AGGREGATOR_HOST", DEFAULT_HOST),
        port,
        env.get("TRACEML_TOKEN", "").strip() or None,
        text("profile", "TRACEML_PROFILE", "run"),
        text("ui_mode", "TRACEML_UI_MODE", env.get("TRACEML_MODE", "").strip() or "summary"),
        interval,
        max_steps,
        env.get("TRACEML_HISTORY_ENABLED") != "0",
    )


def new_session_id() -> str:
    """A session id of the moment: `session_<date>_<time>_<6 hex>`, local time."""
    return "session_%s_%s" % (time.strftime("%Y%m%d_%H%M%S"), os.urandom(3).hex())


def _number(text: str, kind: Any) -> Any:
    try:
        return kind(text)
    except ValueError:
        return None


def _invalid(what: str, name: str, env: Mapping[str, str], wanted: str) -> ValueError:
    return ValueError("The %s (%s=%r) cannot be used; give %s." % (what, name, env.get(name), wanted))
