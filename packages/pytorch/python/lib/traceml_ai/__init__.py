"""Says why a PyTorch training is slow. Scripts need none of this under ``traceml run``.

Importing it loads neither torch nor the rest: names are resolved when they are used.
"""

from typing import Any, List

__all__ = [
    "__version__",
    "final_summary",
    "init",
    "layer",
    "start",
    "summary",
    "trace_model_instance",
    "trace_step",
    "wrap_backward",
    "wrap_dataloader_fetch",
    "wrap_forward",
    "wrap_h2d",
    "wrap_optimizer",
]


def __getattr__(name: str) -> Any:
    import importlib

    if name not in __all__:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    if name == "__version__":
        return importlib.import_module("traceml_pytorch").__version__
    return getattr(importlib.import_module("traceml_pytorch.sdk"), name)


def __dir__() -> List[str]:
    return sorted(__all__)
