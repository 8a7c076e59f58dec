import type { TimelineSlice } from './records.js'

/** A phase of a step on one clock. */
export interface TimelinePhase {
  readonly name: string
  /** Milliseconds. */
  readonly ms: number
  /** Milliseconds of parts of it, for example layers, in their order. */
  readonly parts?: readonly { readonly name: string; readonly ms: number }[]
}

/** A completed step of one rank. */
export interface TimelineStep {
  readonly rank: number
  readonly step: number
  /** Unix seconds at which it ended. */
  readonly endSeconds: number
  /** Milliseconds from the wait for its input to its end, by clock; a clock that was not read is absent. */
  readonly durationMs: Readonly<Partial<Record<'cpu' | 'gpu', number>>>
  /** In the order in which they are drawn. */
  readonly phases: Readonly<Partial<Record<'cpu' | 'gpu', readonly TimelinePhase[]>>>
}

/**
 * Places steps on a time axis. Durations are measured; a history holds no starts within a step, so
 * phases stand one behind the other in the order of a step, which is where a step that does one
 * thing after another has them, and so do the parts of a phase. What does not fit into its parent is
 * drawn shorter (the parts of a phase all by the same factor) and keeps its measured duration.
 *
 * @param steps - Of one rank or several, each rank's in the order of time.
 */
export function* layOutSteps(steps: Iterable<TimelineStep>): Generator<TimelineSlice> {
  /** End of the last slice by track: tracks must not overlap. */
  const lastEnd = new Map<string, number>()
  for (const step of steps) {
    for (const clock of ['cpu', 'gpu'] as const) {
      const measuredMs = step.durationMs[clock]
      if (measuredMs === undefined) continue
      const track = `${step.rank}:${clock}`
      const endUs = Math.max(Math.round(step.endSeconds * 1e6), lastEnd.get(track) ?? 0)
      const startUs = Math.max(endUs - toUs(measuredMs), lastEnd.get(track) ?? 0)
      lastEnd.set(track, endUs)
      const place = { record: 'slice', rank: step.rank, clock, step: step.step } as const
      yield {
        ...place,
        depth: 0,
        name: 'step',
        startUs,
        durationUs: endUs - startUs,
        measuredMs,
      }
      let phaseStart = startUs
      for (const phase of step.phases[clock] ?? []) {
        const phaseEnd = Math.min(phaseStart + toUs(phase.ms), endUs)
        yield {
          ...place,
          depth: 1,
          name: phase.name,
          startUs: phaseStart,
          durationUs: phaseEnd - phaseStart,
          measuredMs: phase.ms,
        }
        const parts = phase.parts ?? []
        const partsUs = parts.reduce((sum, part) => sum + part.ms * 1000, 0)
        const scale = Math.min(1, (phaseEnd - phaseStart) / Math.max(1, partsUs))
        let before = 0
        for (const part of parts) {
          const partStart = phaseStart + Math.floor(before * scale)
          before += Math.max(0, part.ms * 1000)
          yield {
            ...place,
            depth: 2,
            name: part.name,
            startUs: partStart,
            durationUs: phaseStart + Math.floor(before * scale) - partStart,
            measuredMs: part.ms,
          }
        }
        phaseStart = phaseEnd
      }
    }
  }
}

function toUs(ms: number): number {
  return Math.max(0, Math.round(ms * 1000))
}
