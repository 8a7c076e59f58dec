"""What happens in every Python process of a run: next to nothing, until it imports torch."""

import os

from .import_watch import ImportWatch

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def watch_for_torch():
    """Called once per process, by `sitecustomize`, when the variables of a run are there."""
    ImportWatch({"torch": _prepare, "traceml_ai": _meet_other_client}).install()


def _prepare(torch):
    from .runtime import runtime

    runtime.prepare(torch)


def _meet_other_client(module):
    """A script that brings the released client along is measured by that one alone."""
    origin = os.path.abspath(getattr(module, "__file__", None) or "")
    if origin.startswith(_LIBRARY + os.sep):
        return
    from .runtime import runtime

    runtime.stand_down("another client records this process")
