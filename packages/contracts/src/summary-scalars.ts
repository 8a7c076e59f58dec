/** A value that a metrics tracker can log. */
export type Scalar = string | number | boolean

type UnknownRecord = Readonly<Record<string, unknown>>

const SECTION_METRICS: readonly (readonly [string, readonly string[]])[] = [
  [
    'system',
    [
      'cpu_percent',
      'ram_percent',
      'gpu_util_percent',
      'gpu_mem_percent',
      'gpu_temp_c',
      'gpu_power_w',
    ],
  ],
  ['process', ['cpu_percent', 'ram_percent', 'gpu_mem_reserved_percent']],
  [
    'step_time',
    [
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
  ],
  ['step_memory', ['peak_allocated_bytes', 'peak_reserved_bytes']],
]

function record(value: unknown): UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as UnknownRecord)
    : {}
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Candidates in the order of the output: key without prefix, value of any kind. */
function candidates(summary: UnknownRecord): readonly (readonly [string, unknown])[] {
  const primary = record(summary['primary_diagnosis'])
  const entries: (readonly [string, unknown])[] = [
    ['schema_version', summary['schema_version']],
    ['duration_s', summary['duration_s']],
    ...['kind', 'status', 'severity', 'section'].map(
      (key) => [`primary/${key}`, primary[key]] as const,
    ),
  ]
  for (const [name, metrics] of SECTION_METRICS) {
    const section = record(summary[name])
    const diagnosis = record(section['diagnosis'])
    const global = record(section['global'])
    const average = record(global['average'])
    entries.push(
      [`${name}/status`, diagnosis['status']],
      [`${name}/severity`, diagnosis['severity']],
    )
    if (name === 'step_time') {
      entries.push([`${name}/diagnosis_clock`, record(global['window'])['diagnosis_clock']])
    }
    for (const metric of metrics) entries.push([`${name}/${metric}`, average[metric]])
  }
  return entries
}

/**
 * Flattens a run summary into at most 40 scalars with keys under `traceml/`, for metric trackers.
 *
 * Missing values, arrays and objects are left out; malformed parts count as empty. Accepts the
 * summary of any schema version, parsed from JSON or just generated.
 *
 * @example
 * ```ts
 * tracker.log(toScalars(summary)) // { 'traceml/primary/status': 'INPUT-BOUND', ... }
 * ```
 */
export function toScalars(summary: object): Readonly<Record<string, Scalar>> {
  const scalars: Record<string, Scalar> = {}
  for (const [key, value] of candidates(record(summary))) {
    if (isScalar(value)) scalars[`traceml/${key}`] = value
  }
  return scalars
}
