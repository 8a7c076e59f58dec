import type { LayerSampleRow } from '@traceml/contracts'
import type { TimelinePhase } from './lay-out-steps.js'

type Parts = NonNullable<TimelinePhase['parts']>

/** Layers of a phase of a step; undefined where the step was not sampled. */
export type LayerPartsOf = (
  rank: number,
  step: number,
  phase: string,
  clock: 'cpu' | 'gpu',
) => Parts | undefined

const PHASE_OF = { forward_time: 'forward', backward_time: 'backward' } as const

/**
 * Collects the layers of sampled steps, of which a history keeps the newest. Self times have no
 * starts: layers come in the order of their row, in the backward pass in the opposite one.
 */
export function collectLayers(
  rows: Iterable<LayerSampleRow>,
  wanted: (rank: number | null) => boolean,
): LayerPartsOf {
  const byPhase = new Map<string, Map<number | null, LayerSampleRow>>()
  for (const row of rows) {
    const { kind, global_rank: rank, step } = row
    if (!wanted(rank) || (kind !== 'forward_time' && kind !== 'backward_time')) continue
    const key = `${rank} ${step} ${PHASE_OF[kind]}`
    const models = byPhase.get(key) ?? new Map<number | null, LayerSampleRow>()
    // A row that came twice counts once.
    models.set(row.model_id, row)
    byPhase.set(key, models)
  }
  return (rank, step, phase, clock) => {
    const models = byPhase.get(`${rank} ${step} ${phase}`)
    if (models === undefined) return undefined
    const parts = [...models.values()].flatMap((row) => partsOf(row, clock))
    return phase === 'backward' ? parts.toReversed() : parts
  }
}

function partsOf({ layers, values, gpu_ms: gpuMs }: LayerSampleRow, clock: 'cpu' | 'gpu'): Parts {
  const times = clock === 'cpu' ? values : (gpuMs ?? [])
  return layers.flatMap((name, i) => {
    const ms = times[i]
    return typeof ms === 'number' && ms >= 0 ? [{ name, ms }] : []
  })
}
