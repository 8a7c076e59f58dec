import { cpus, totalmem } from 'node:os'
import type { WireRow } from '@traceml/contracts'
import type { ProcessTreeReading } from '@traceml/samplers'

/** Number and time of a look, as every row of it has them. */
interface RowLabel {
  readonly seq: number
  /** Unix seconds. */
  readonly ts: number
}

/** Processes of one look that get a row of their own, those that use most. */
const MAX_MEMBERS = 50

/** The sums of the tree in the shape of any process. */
export function processRow(
  label: RowLabel,
  rootPid: number | null,
  reading: ProcessTreeReading,
): WireRow {
  const cores = cpus().length
  return {
    ...label,
    pid: rootPid,
    cpu: reading.cpuPercent,
    cpu_cores: cores > 0 ? cores : null,
    ram_used: reading.residentBytes,
    ram_total: totalmem(),
    gpu_available: false,
    gpu_count: 0,
    gpu: null,
  }
}

/** One row about the tree. */
export function treeRow(label: RowLabel, reading: ProcessTreeReading): WireRow {
  return {
    ...label,
    processes: reading.processCount,
    threads: reading.threadCount,
    cpu: reading.cpuPercent,
    ram_used: reading.residentBytes,
  }
}

/** One row a process. */
export function memberRows(label: RowLabel, reading: ProcessTreeReading): readonly WireRow[] {
  return reading.members.slice(0, MAX_MEMBERS).map((member) => ({
    ...label,
    pid: member.pid,
    parent_pid: member.parentPid,
    name: member.name,
    threads: member.threadCount,
    cpu: member.cpuPercent,
    ram_used: member.residentBytes,
  }))
}
