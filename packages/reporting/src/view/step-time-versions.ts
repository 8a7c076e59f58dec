type Metrics = Readonly<Record<string, number | null>>

/**
 * Step-time metrics of one row under the names of schema 1.7, whatever version wrote them; names
 * that are not known stay. Before 1.7 `step_time_ms` was the traced part of a step without its input
 * wait; before 1.6 that was `total_step_ms`, the input wait `dataloader_ms`; before 1.5 the residual
 * was `wait_ms`.
 */
export function upgradeStepMetrics(metrics: Metrics, schemaVersion: number | null): Metrics {
  if (schemaVersion !== null && schemaVersion >= 1.7) return metrics
  const traced = metrics['step_time_ms'] ?? metrics['total_step_ms'] ?? null
  const input =
    'input_wait_ms' in metrics
      ? (metrics['input_wait_ms'] ?? null)
      : (metrics['dataloader_ms'] ?? null)
  return {
    ...metrics,
    input_wait_ms: input,
    traced_step_time_ms: traced,
    step_time_ms: traced === null ? null : traced + (input ?? 0),
    residual_ms: metrics['residual_ms'] ?? metrics['wait_ms'] ?? null,
  }
}
