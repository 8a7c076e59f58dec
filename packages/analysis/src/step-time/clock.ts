import { PHASES, type RankStepColumns, type StepClock } from '@traceml/contracts'
import type { Alignment, RowSelection } from './align.js'

/**
 * The one clock of a window: `gpu` when every row of every rank has a device time for input wait
 * and the step, and for each other phase that it has an event for; otherwise `cpu`.
 *
 * Mixing clocks within a window would add times that do not share a meaning.
 */
export function chooseClock(ranks: readonly RankStepColumns[], alignment: Alignment): StepClock {
  if (alignment.steps.length === 0) return 'cpu'
  return ranks.every((rank, r) => hasGpuTimes(rank, alignment.rows[r] as RowSelection))
    ? 'gpu'
    : 'cpu'
}

function hasGpuTimes(rank: RankStepColumns, rows: RowSelection): boolean {
  return PHASES.every((phase, p) => {
    const alwaysNeeded = phase === 'input_wait' || phase === 'traced_step_time'
    const column = rank.gpuMs[p] as Float64Array
    for (let i = 0; i < rows.count; i++) {
      const row = rows.indices === null ? rows.start + i : (rows.indices[i] as number)
      const needed = alwaysNeeded || ((rank.present[row] as number) & (1 << p)) !== 0
      if (needed && !Number.isFinite(column[row])) return false
    }
    return true
  })
}
