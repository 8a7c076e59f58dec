"""Waits until the program imports torch, and only then loads the rest of the client."""


def watch_for_torch() -> None:
    """Called once per process, by ``sitecustomize``."""
