import { parseTrainingStrategy } from '@traceml/analysis'
import type { TrainingStrategy } from '@traceml/contracts'
import { LIMITED_TABLES, layerModelOf, partitionOf } from '../retention/partitions.js'
import type { Retention } from '../retention/retention.js'
import type { MemoryWindows } from '../window/memory-windows.js'
import type { StepWindows } from '../window/step-windows.js'
import type { InsertOutcome } from './flush.js'
import { type Pending, type PendingRow, TABLE } from './pending.js'

const STRATEGY_COLUMN = 14

/** Tells the retention which rows were written, and where they belong. */
export function recordIds(pending: Pending, outcome: InsertOutcome, retention: Retention): void {
  const gpuRuns = collectGpuRuns(pending, outcome)
  for (const table of LIMITED_TABLES) {
    const rows = pending.rows[table] as readonly PendingRow[]
    const ids = outcome.ids[table] as Float64Array
    for (let index = 0; index < rows.length; index += 1) {
      const id = ids[index] as number
      if (id === 0) continue
      const key = partitionOf(table, rows[index] as PendingRow)
      const partition = retention.idsOf(table, key)
      if (table === TABLE.system) {
        const run = gpuRuns.get(index)
        partition.pushWithFollowers(id, run?.first ?? 0, run?.count ?? 0)
      } else partition.push(id)
      retention.touch(table, key)
      if (table === TABLE.layerSamples) {
        retention.noteModel(layerModelOf(rows[index] as PendingRow))
      }
    }
  }
}

/** Puts the written steps into the windows. */
export function recordSteps(pending: Pending, outcome: InsertOutcome, windows: StepWindows): void {
  const rows = pending.rows[TABLE.stepTime] as readonly PendingRow[]
  const ids = outcome.ids[TABLE.stepTime] as Float64Array
  for (let index = 0; index < rows.length; index += 1) {
    const id = ids[index] as number
    if (id > 0) windows.add(id, rows[index] as PendingRow, pending.phases, index)
  }
}

/** Puts the written memory of steps into the windows. */
export function recordMemory(
  pending: Pending,
  outcome: InsertOutcome,
  windows: MemoryWindows,
): void {
  const rows = pending.rows[TABLE.stepMemory] as readonly PendingRow[]
  const ids = outcome.ids[TABLE.stepMemory] as Float64Array
  for (let index = 0; index < rows.length; index += 1) {
    const id = ids[index] as number
    if (id > 0) windows.add(id, rows[index] as PendingRow)
  }
}

/** The strategy after the written rows: the newest one that is not blank. */
export function recordStrategy(
  pending: Pending,
  outcome: InsertOutcome,
  before: TrainingStrategy,
): TrainingStrategy {
  const rows = pending.rows[TABLE.runtimeEnvironment] as readonly PendingRow[]
  const ids = outcome.ids[TABLE.runtimeEnvironment] as Float64Array
  let strategy = before
  for (let index = 0; index < rows.length; index += 1) {
    const text = (rows[index] as PendingRow)[STRATEGY_COLUMN]
    if ((ids[index] as number) > 0 && typeof text === 'string' && text.trim() !== '') {
      strategy = parseTrainingStrategy(text)
    }
  }
  return strategy
}

interface Run {
  readonly first: number
  count: number
}

/** Written GPU rows by the position of their snapshot; those of one snapshot follow each other. */
function collectGpuRuns(pending: Pending, outcome: InsertOutcome): ReadonlyMap<number, Run> {
  const runs = new Map<number, Run>()
  const ids = outcome.ids[TABLE.systemGpu] as Float64Array
  for (const [index, owner] of pending.gpuOwners.entries()) {
    const id = ids[index] as number
    if (id === 0) continue
    const run = runs.get(owner)
    if (run === undefined) runs.set(owner, { first: id, count: 1 })
    else run.count = id - run.first + 1
  }
  return runs
}
