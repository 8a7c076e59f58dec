import { type ProcProcess, readProcTree, readResidentBytes } from './internal/proc-tree.js'
import { createRateWindow } from './internal/rate-window.js'
import { treeUsage } from './internal/tree-usage.js'

/** A program and everything it has started, at one moment. */
export interface ProcessTreeReading {
  readonly processCount: number
  readonly threadCount: number
  /** Percent of one core, of all of them together; null until it covers half a second. */
  readonly cpuPercent: number | null
  /** Sum over the processes: memory that they share counts for each of them. Null: not readable. */
  readonly residentBytes: number | null
  /** Those that use most first. */
  readonly members: readonly ProcessTreeMember[]
}

/** One process of a tree. */
export interface ProcessTreeMember {
  readonly pid: number
  readonly parentPid: number
  /** Short name of the program, 15 characters at most. */
  readonly name: string
  readonly threadCount: number
  /** Percent of one core; null until it covers half a second. */
  readonly cpuPercent: number | null
  readonly residentBytes: number | null
}

/** Looks at a program of any language from outside. */
export interface ProcessTreeReader {
  /** Null when the program is gone, or where there is no `/proc`. @param nowMs - Monotonic. */
  read(nowMs: number): ProcessTreeReading | null
}

/**
 * A reader of the processes `rootPids` with all their descendants. Linux only: it reads `/proc`.
 * The processor time of a process that ended between two readings is in its parent's account.
 */
export function createProcessTreeReader(
  rootPids: readonly number[],
  procFolder = '/proc',
): ProcessTreeReader {
  const window = createRateWindow<readonly ProcProcess[]>()
  let known: readonly ProcProcess[] = []
  return {
    read(nowMs) {
      const tree = readProcTree(procFolder, rootPids, known)
      if (tree === null || tree.length === 0) return null
      known = tree
      const span = window.advance(tree, nowMs)
      const usage = span === null ? null : treeUsage(span.base, tree, span.elapsedMs)
      const members = tree.map((entry) => ({
        pid: entry.pid,
        parentPid: entry.parentPid,
        name: entry.name,
        threadCount: entry.threadCount,
        cpuPercent: usage?.percentByPid.get(entry.pid) ?? null,
        residentBytes: readResidentBytes(procFolder, entry.pid),
      }))
      return {
        processCount: tree.length,
        threadCount: members.reduce((sum, { threadCount }) => sum + threadCount, 0),
        cpuPercent: usage?.totalPercent ?? null,
        residentBytes: sumKnown(members.map(({ residentBytes }) => residentBytes)),
        members: members.toSorted(
          (left, right) =>
            (right.cpuPercent ?? 0) - (left.cpuPercent ?? 0) ||
            (right.residentBytes ?? 0) - (left.residentBytes ?? 0) ||
            left.pid - right.pid,
        ),
      }
    },
  }
}

/** Null when nothing is known. */
function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
