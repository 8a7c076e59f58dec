"""The seams of torch at which the parts of a training step can be seen."""
