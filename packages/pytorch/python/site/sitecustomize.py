"""Starts the traceml client in the Python processes of a traced run.

The launcher puts this folder first on ``PYTHONPATH``. Python imports ``sitecustomize`` at every
start, so this file does next to nothing: without the variables of a run it only hands over to the
``sitecustomize`` that would have been imported without it. Nothing here can stop the interpreter.
"""

import os
import sys


def _start_client() -> None:
    env = os.environ
    if env.get("TRACEML_DISABLED") == "1":
        return
    if not env.get("TRACEML_AGGREGATOR_PORT") or not env.get("TRACEML_SESSION_ID"):
        return
    try:
        # Last on the path: an installed traceml or traceml_ai is the one that scripts get.
        library = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib")
        if library not in sys.path:
            sys.path.append(library)
        from traceml_pytorch import bootstrap

        bootstrap.watch_for_torch()
    except Exception as error:  # A tool must never cost the program its start.
        sys.stderr.write("traceml: the client could not start (%r); the program runs untraced.\n" % error)


def _hand_over() -> None:
    """Imports the sitecustomize that this one hides, as if this one were not there."""
    here = os.path.dirname(os.path.abspath(__file__))
    own = sys.modules.pop(__name__, None)
    hidden = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    path, sys.path[:] = list(sys.path), hidden
    try:
        import sitecustomize  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        added = [entry for entry in sys.path if entry not in hidden]
        removed = [entry for entry in hidden if entry not in sys.path]
        sys.path[:] = [entry for entry in path if entry not in removed] + added
        if own is not None:
            sys.modules.setdefault(__name__, own)


_start_client()
_hand_over()
