"""What scripts may say for more precision. The names are those of the package ``traceml_ai``."""

from .config import TraceMLInitConfig
from .initial import get_init_config, init, is_initialized, start
from .layers import layer, trace_model_instance
from .steps import TraceState, trace_step
from .summaries import final_summary, summary
from .wrappers import (
    wrap_backward,
    wrap_dataloader_fetch,
    wrap_forward,
    wrap_h2d,
    wrap_optimizer,
)

__all__ = [
    "TraceMLInitConfig",
    "TraceState",
    "final_summary",
    "get_init_config",
    "init",
    "is_initialized",
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
