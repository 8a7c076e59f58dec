"""The verdict of a training as metrics and tags of its MLflow run."""

import mlflow
import traceml
from training import train

with mlflow.start_run():
    mlflow.log_metric("loss", train())
    verdict = traceml.summary()
    if verdict is not None:  # None on other ranks than 0.
        numbers = {key: value for key, value in verdict.items() if isinstance(value, (int, float))}
        mlflow.log_metrics(numbers)
        mlflow.set_tags({key: value for key, value in verdict.items() if key not in numbers})
        print(verdict["traceml/primary/status"])
