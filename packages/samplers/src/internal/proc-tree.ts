import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One process as `/proc` shows it now. */
export interface ProcProcess {
  readonly pid: number
  readonly parentPid: number
  /** The short name of the program, 15 characters at most. */
  readonly name: string
  /** With the pid, identifies a process for ever; ticks since boot. */
  readonly startTicks: number
  /** Processor time of its own threads, in ticks. */
  readonly ownTicks: number
  /** Processor time of children that have ended and been waited for, with theirs, in ticks. */
  readonly reapedTicks: number
  readonly threadCount: number
}

/** Ticks of `/proc` a second; the same on every architecture that Node runs on. */
export const TICKS_PER_SECOND = 100

/**
 * The roots, their descendants, and those of `known` that are still there: a child whose parent has
 * ended belongs to the tree although nobody in it is its parent any more. Zombies are left out.
 * Null when the list of processes cannot be read.
 *
 * @param procFolder - `/proc`.
 * @param known - Processes of the tree as they were last seen.
 */
export function readProcTree(
  procFolder: string,
  rootPids: readonly number[],
  known: readonly ProcProcess[],
): readonly ProcProcess[] | null {
  const all = readAll(procFolder)
  if (all === null) return null
  const children = groupByParent(all)
  const byPid = new Map(all.map((entry) => [entry.pid, entry]))
  const queue = [...rootPids, ...known.filter(isSameAs(byPid)).map(({ pid }) => pid)]
  const members = new Map<number, ProcProcess>()
  while (queue.length > 0) {
    const pid = queue.pop() ?? 0
    const entry = byPid.get(pid)
    if (entry === undefined || members.has(pid)) continue
    members.set(pid, entry)
    for (const child of children.get(pid) ?? []) queue.push(child.pid)
  }
  return [...members.values()].toSorted((left, right) => left.pid - right.pid)
}

function isSameAs(now: ReadonlyMap<number, ProcProcess>): (before: ProcProcess) => boolean {
  return ({ pid, startTicks }) => now.get(pid)?.startTicks === startTicks
}

function groupByParent(all: readonly ProcProcess[]): ReadonlyMap<number, readonly ProcProcess[]> {
  const children = new Map<number, ProcProcess[]>()
  for (const entry of all) {
    const siblings = children.get(entry.parentPid)
    if (siblings === undefined) children.set(entry.parentPid, [entry])
    else siblings.push(entry)
  }
  return children
}

function readAll(procFolder: string): readonly ProcProcess[] | null {
  let names: readonly string[]
  try {
    names = readdirSync(procFolder)
  } catch {
    return null
  }
  return names.flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    const text = readText(join(procFolder, name, 'stat'))
    return (text === null ? null : parseProcessStat(text)) ?? []
  })
}

/** One `/proc/<pid>/stat`; null for a zombie or anything else that is not a living process. */
export function parseProcessStat(text: string): ProcProcess | null {
  // The name may contain blanks and parentheses; what follows the last one is numbers.
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open === -1 || close === -1) return null
  const fields = text.slice(close + 2).split(' ')
  const number = (field: number): number => Number(fields[field - 3])
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const entry: ProcProcess = {
    pid: Number(text.slice(0, open)),
    parentPid: number(4),
    name: text.slice(open + 1, close),
    ownTicks: number(14) + number(15),
    reapedTicks: number(16) + number(17),
    threadCount: number(20),
    startTicks: number(22),
  }
  return Number.isFinite(entry.ownTicks + entry.startTicks) ? entry : null
}

/** Resident memory of a process in bytes; null when it cannot be read. */
export function readResidentBytes(procFolder: string, pid: number): number | null {
  const text = readText(join(procFolder, String(pid), 'status'))
  const kilobytes = text === null ? null : /^VmRSS:\s+(\d+) kB$/m.exec(text)
  return kilobytes === null ? null : Number(kilobytes[1]) * 1024
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // The process has ended in the meantime, or is not ours to look at.
    return null
  }
}
