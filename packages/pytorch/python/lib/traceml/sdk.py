"""The names of the SDK that are not at the top."""

from traceml_pytorch.sdk import *  # noqa: F403
