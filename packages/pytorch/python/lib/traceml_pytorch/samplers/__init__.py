"""What is read beside the steps: the host, this process, how the run is spread."""
