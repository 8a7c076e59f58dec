"""The traceml client for PyTorch trainings. Scripts import ``traceml``; this is what stands behind."""
