import { cpus } from 'node:os'

/** Processor time of the whole host since it started, in any unit. */
export interface CpuTimes {
  readonly total: number
  readonly busy: number
}

/**
 * Sums of the first line of `/proc/stat`, or null when it is not that file. Guest time is part of
 * user time already, so it is left out; waiting for a disk is idle.
 */
export function parseProcStat(text: string): CpuTimes | null {
  const line = text.slice(0, text.indexOf('\n'))
  const fields = line.split(/\s+/)
  if (fields[0] !== 'cpu') return null
  const times = fields.slice(1, 9).map(Number)
  if (times.length < 4 || times.some((time) => !Number.isFinite(time))) return null
  const total = times.reduce((sum, time) => sum + time, 0)
  return { total, busy: total - (times[3] ?? 0) - (times[4] ?? 0) }
}

/** The same from the operating system's list of processors, for hosts without `/proc`. */
export function readOsCpuTimes(): CpuTimes | null {
  let total = 0
  let idle = 0
  for (const { times } of cpus()) {
    total += times.user + times.nice + times.sys + times.idle + times.irq
    idle += times.idle
  }
  return total > 0 ? { total, busy: total - idle } : null
}

/** Busy percent between two readings, 0 to 100 with one decimal; null when no time passed. */
export function busyPercent(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total
  if (!(total > 0)) return null
  const percent = (100 * (after.busy - before.busy)) / total
  return roundToTenth(Math.min(100, Math.max(0, percent)))
}

/** Rounds to one decimal. */
export function roundToTenth(value: number): number {
  return Math.round(value * 10) / 10
}
