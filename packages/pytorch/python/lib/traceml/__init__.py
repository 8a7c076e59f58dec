"""The names of the traceml SDK, for scripts that want more than is found by itself."""
