import type { ProcessSampleInput } from '../process/input.js'
import { groupByRank } from '../shared/group-by-rank.js'
import { measured, measuredInteger } from '../shared/measured.js'
import { observe, runningStat } from '../shared/running-stat.js'
import type { SystemSampleInput } from '../system/input.js'
import type { StepMemoryInput, StepMemorySampleInput } from './input.js'

/** Rows as the tables hold them; each list may be empty, each column absent. */
export interface StepMemoryTables {
  readonly stepMemory: readonly StepMemorySampleInput[]
  /** For the capacity of the devices, and whether there are any. */
  readonly process: readonly Pick<
    ProcessSampleInput,
    'global_rank' | 'gpu_available' | 'gpu_mem_total_bytes'
  >[]
  /** For whether there are devices. */
  readonly system: readonly Pick<SystemSampleInput, 'gpu_available'>[]
}

/**
 * Returns what the step-memory diagnosis reads, from whole tables. O(n).
 *
 * A store that windows the rows itself returns the same facts from `Store.readStepMemory`.
 */
export function createStepMemoryWindow(tables: StepMemoryTables): StepMemoryInput {
  const latest = runningStat()
  const ranks = new Set<number>()
  for (const row of tables.stepMemory) {
    const step = measuredInteger(row.step)
    const rank = measuredInteger(row.global_rank)
    observe(latest, step)
    if (step !== null && rank !== null) ranks.add(rank)
  }
  const capacity = runningStat()
  for (const row of tables.process) observe(capacity, measured(row.gpu_mem_total_bytes))
  return {
    rows: tables.stepMemory,
    latestStep: latest.max,
    ranksSeen: ranks.size,
    gpuTotalBytes: capacity.max !== null && capacity.max > 0 ? capacity.max : null,
    gpuTotalBytesByRank: capacityByRank(tables.process),
    gpuAvailable: gpuAvailability(tables),
  }
}

function capacityByRank(rows: StepMemoryTables['process']): Readonly<Record<string, number>> {
  const byRank: Record<string, number> = {}
  for (const [rank, group] of groupByRank(rows)) {
    const capacity = runningStat()
    for (const row of group) observe(capacity, measured(row.gpu_mem_total_bytes))
    if (capacity.max !== null && capacity.max > 0) byRank[String(rank)] = capacity.max
  }
  return byRank
}

/** True when any row says so, false when rows only say no, null when none says anything. */
function gpuAvailability(tables: StepMemoryTables): boolean | null {
  let known = false
  for (const rows of [tables.process, tables.system]) {
    for (const row of rows) {
      const value = measured(row.gpu_available)
      if (value !== null && value > 0) return true
      if (value !== null) known = true
    }
  }
  return known ? false : null
}
