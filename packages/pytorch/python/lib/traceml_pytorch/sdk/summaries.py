"""The report of the run so far, asked for through files of the session."""

import json
import os
import sys
import time
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, Optional

from ..runtime import runtime
from ..settings import is_disabled, resolve_settings
from .projection import to_scalars

_FLUSH_SECONDS = 5.0


def final_summary(
    *,
    timeout_sec: float = 30.0,
    poll_interval_sec: float = 0.1,
    print_text: bool = False,
    rank0_only: bool = True,
) -> Optional[Dict[str, Any]]:
    """The report as a dictionary, including every step before the call.

    It is a snapshot: the aggregator still writes the final one at the end. None when tracing is
    disabled, and on other ranks than 0 unless `rank0_only` is false.

    Raises RuntimeError without a session or a history, when no answer comes in time, or when the
    aggregator could not make a summary.
    """
    if is_disabled(os.environ) or (rank0_only and os.environ.get("RANK", "0").strip() != "0"):
        return None
    root = _session_dir()
    deadline = time.monotonic() + timeout_sec
    runtime.flush(min(_FLUSH_SECONDS, timeout_sec))
    request_id = _write_request(root)
    response = _read_response(root, request_id, deadline, max(0.001, poll_interval_sec))
    payload = _read_json(response.get("summary_json_path") or "")
    if not isinstance(payload, dict):
        raise RuntimeError(
            "The summary %s cannot be read; look into the aggregator's log in %s."
            % (response.get("summary_json_path"), root)
        )
    if print_text:
        _print_text(response.get("summary_txt_path"))
    return payload


def summary(
    *,
    timeout_sec: float = 30.0,
    poll_interval_sec: float = 0.1,
    print_text: bool = False,
    rank0_only: bool = True,
) -> Optional[Dict[str, Any]]:
    """The same as one flat dictionary for an experiment tracker, with keys ``traceml/…``."""
    payload = final_summary(
        timeout_sec=timeout_sec,
        poll_interval_sec=poll_interval_sec,
        print_text=print_text,
        rank0_only=rank0_only,
    )
    return None if payload is None else to_scalars(payload)


def _session_dir() -> str:
    settings = runtime.settings
    if settings is None:
        if not os.environ.get("TRACEML_SESSION_ID") or not os.environ.get("TRACEML_LOGS_DIR"):
            raise RuntimeError(
                "There is no session to summarise; run the script with: traceml run train.py"
            )
        settings = resolve_settings(os.environ)
    if not settings.has_history:
        raise RuntimeError("This run keeps no history (--no-history); leave that flag out.")
    return settings.session_dir


def _write_request(root: str) -> str:
    request_id = "final_summary_" + uuid.uuid4().hex
    folder = os.path.join(root, "control")
    path = os.path.join(folder, "final_summary_request.json")
    temporary = os.path.join(folder, ".final_summary_request.json.%s.tmp" % request_id)
    request = {
        "request_id": request_id,
        "created_at": datetime.now(timezone.utc).isoformat(),
        "pid": os.getpid(),
        "rank": _integer("RANK"),
        "local_rank": _integer("LOCAL_RANK"),
    }
    try:
        os.makedirs(folder, exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(request, file, indent=2)
        os.replace(temporary, path)
    except OSError as error:
        raise RuntimeError(
            "The request for a summary could not be written to %s (%s); make the folder writable."
            % (root, error)
        ) from error
    return request_id


def _read_response(root: str, request_id: str, deadline: float, pause: float) -> Dict[str, Any]:
    path = os.path.join(root, "control", "final_summary_response.json")
    while True:
        response = _read_json(path)
        if isinstance(response, dict) and response.get("request_id") == request_id:
            if response.get("status") == "ok":
                return response
            raise RuntimeError(
                "The aggregator could not make a summary: %s." % response.get("error")
            )
        left = deadline - time.monotonic()
        if left <= 0:
            raise RuntimeError(
                "No summary came in time for the session %s; check that its aggregator runs with "
                "the same session id and logs folder." % root
            )
        time.sleep(min(pause, left))


def _read_json(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def _print_text(path: Optional[str]) -> None:
    try:
        with open(path or "", encoding="utf-8") as file:
            sys.stdout.write(file.read())
    except OSError:
        # The summary itself is there; its text is a courtesy.
        pass


def _integer(name: str) -> int:
    try:
        return int(os.environ.get(name, "0"))
    except ValueError:
        return 0
