"""The verdict of a training as the summary of its Weights & Biases run."""

import traceml
import wandb
from training import train

run = wandb.init(project="traceml-example")
run.log({"loss": train()})
verdict = traceml.summary()
if verdict is not None:  # None on other ranks than 0.
    run.summary.update(verdict)
    print(run.summary["traceml/primary/status"])
run.finish()
