/** Envelopes as producers send them, for tests. */

export interface Meta {
  readonly rank?: number
  readonly global_rank?: number | null
  readonly node_rank?: number
  readonly hostname?: string
  readonly world_size?: number
  readonly local_world_size?: number
  readonly timestamp?: number
}

export function envelope(sampler: string, rows: readonly unknown[], meta: Meta = {}): unknown {
  return { meta: { global_rank: 0, sampler, ...meta }, body: { tables: { T: rows } } }
}

/** A step whose forward phase took `forwardMs`, on the host's clock or on both. */
export function stepRow(step: number | null, forwardMs: number, timestamp = 1000): unknown {
  const stats = { is_gpu: false, duration_ms: forwardMs, cpu_ms: forwardMs, n_calls: 1 }
  return {
    seq: 1,
    timestamp,
    step,
    events: {
      '_traceml_internal:forward_time': {
        cpu: { ...stats, gpu_ms: forwardMs > 5 ? forwardMs / 2 : null },
      },
      '_traceml_internal:step_time': { cpu: { ...stats, gpu_ms: null } },
    },
  }
}

export function stepEnvelope(steps: readonly number[], meta: Meta = {}, forwardMs = 1): unknown {
  return envelope(
    'StepTimeSampler',
    steps.map((step) => stepRow(step, forwardMs)),
    meta,
  )
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
