import { type ProcProcess, TICKS_PER_SECOND } from './proc-tree.js'

/** Processor time of a tree between two readings. */
export interface TreeUsage {
  /** Percent of one core, of all processes together, also of those that came and went. */
  readonly totalPercent: number
  /** By pid: percent of one core; a new process counts from its start. */
  readonly percentByPid: ReadonlyMap<number, number>
}

/**
 * What a tree of processes used between two readings.
 *
 * A process that ended and was waited for is in its parent's account, so short-lived children are
 * counted even if no reading ever saw them.
 */
export function treeUsage(
  before: readonly ProcProcess[],
  after: readonly ProcProcess[],
  elapsedMs: number,
): TreeUsage {
  const percent = (ticks: number): number =>
    Math.round((1_000_000 * ticks) / TICKS_PER_SECOND / elapsedMs) / 10
  const earlier = new Map(before.map((entry) => [keyOf(entry), entry]))
  const own = after.map((entry) => {
    const ticks = entry.ownTicks - (earlier.get(keyOf(entry))?.ownTicks ?? 0)
    return [entry.pid, percent(Math.max(0, ticks))] as const
  })
  const used = accountOf(after) - accountOf(before) + accountOf(lostWithoutHeir(before, after))
  return { totalPercent: percent(Math.max(0, used)), percentByPid: new Map(own) }
}

/** Everything that stands in the accounts of these processes, in ticks. */
function accountOf(entries: readonly ProcProcess[]): number {
  return entries.reduce((sum, { ownTicks, reapedTicks }) => sum + ownTicks + reapedTicks, 0)
}

/** Processes that are gone and whose account nobody in the tree has taken over. */
function lostWithoutHeir(
  before: readonly ProcProcess[],
  after: readonly ProcProcess[],
): readonly ProcProcess[] {
  const alive = new Set(after.map(keyOf))
  const heirs = new Set(after.map(({ pid }) => pid))
  return before.filter((entry) => !alive.has(keyOf(entry)) && !heirs.has(entry.parentPid))
}

function keyOf({ pid, startTicks }: ProcProcess): string {
  return `${pid}:${startTicks}`
}
