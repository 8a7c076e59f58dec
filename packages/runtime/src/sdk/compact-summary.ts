/** A flat map of figures for an experiment tracker: keys `traceml/…`, no nested values. */
export type CompactSummary = Readonly<Record<string, string | number | boolean>>

/** What is taken from `global.average` of each section, in this order. */
const SECTION_METRICS: Readonly<Record<string, readonly string[]>> = {
  system: [
    'cpu_percent',
    'ram_percent',
    'gpu_util_percent',
    'gpu_mem_percent',
    'gpu_temp_c',
    'gpu_power_w',
  ],
  process: ['cpu_percent', 'ram_percent', 'gpu_mem_reserved_percent'],
  step_time: [
    'input_wait_ms',
    'step_time_ms',
    'traced_step_time_ms',
    'step_time_cpu_ms',
    'step_time_gpu_ms',
    'traced_step_time_cpu_ms',
    'traced_step_time_gpu_ms',
    'dataloader_fetch_cpu_ms',
    'h2d_ms',
    'compute_ms',
    'residual_ms',
    'forward_ms',
    'backward_ms',
    'optimizer_ms',
  ],
  step_memory: ['peak_allocated_bytes', 'peak_reserved_bytes'],
}

/**
 * The figures of a final summary as one flat map. Values that are no text, number or boolean are
 * left out, so a missing figure has no key.
 * @param payload - `final_summary.json`; null gives null.
 */
export function compactSummary(payload: unknown): CompactSummary | null {
  if (payload === null || payload === undefined) return null
  const summary = asObject(payload)
  const compact: Record<string, string | number | boolean> = {}
  const put = (key: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      compact[`traceml/${key}`] = value
    }
  }
  put('schema_version', summary['schema_version'])
  put('duration_s', summary['duration_s'])
  const primary = asObject(summary['primary_diagnosis'])
  for (const key of ['kind', 'status', 'severity', 'section']) put(`primary/${key}`, primary[key])
  for (const [name, metrics] of Object.entries(SECTION_METRICS)) {
    const section = asObject(summary[name])
    const diagnosis = asObject(section['diagnosis'])
    const global = asObject(section['global'])
    put(`${name}/status`, diagnosis['status'])
    put(`${name}/severity`, diagnosis['severity'])
    if (name === 'step_time') {
      put(`${name}/diagnosis_clock`, asObject(global['window'])['diagnosis_clock'])
    }
    const average = asObject(global['average'])
    for (const metric of metrics) put(`${name}/${metric}`, average[metric])
  }
  return compact
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}
