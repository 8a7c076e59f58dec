import { PHASE_EVENTS, PHASES, type Phase } from '@traceml/contracts'

/** Milliseconds of one phase of one step on either clock; null is "not measured". */
export interface PhaseClocks {
  readonly cpuMs: number | null
  readonly gpuMs: number | null
}

/** The phases that one row has an event for; absent ones are not in the object. */
export type PhaseDurations = Readonly<Partial<Record<Phase, PhaseClocks>>>

/** A number as text: blanks around, exponent, and single underscores between digits. */
const NUMBER_TEXT = /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Milliseconds of a stored value: finite, negative ones as 0; null when there is no number. */
function parseMs(value: unknown): number | null {
  let ms = Number.NaN
  if (typeof value === 'number' || typeof value === 'bigint') ms = Number(value)
  else if (typeof value === 'string') {
    const text = value.trim()
    if (NUMBER_TEXT.test(text)) ms = Number(text.replaceAll('_', ''))
  }
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

/** Sum of one clock over the devices that have it. */
function sumClock(devices: readonly unknown[], key: 'cpu_ms' | 'gpu_ms'): number | null {
  let sum: number | null = null
  for (const stats of devices) {
    const ms = isObject(stats) ? parseMs(stats[key]) : null
    if (ms !== null) sum = (sum ?? 0) + ms
  }
  return sum !== null && Number.isFinite(sum) ? sum : null
}

/**
 * Reads the decoded `events_json` of one step: event name to device label to statistics.
 *
 * Only `cpu_ms` and `gpu_ms` are read; each is summed over the devices that have it. Unusable
 * values count as missing, negative ones as 0. Never throws.
 *
 * @returns The phases that have an event, or null when `events` is not an object, so that the row
 * is no observed step.
 */
export function decodeStepEvents(events: unknown): PhaseDurations | null {
  if (!isObject(events)) return null
  const durations: Partial<Record<Phase, PhaseClocks>> = {}
  for (const phase of PHASES) {
    const byDevice = events[PHASE_EVENTS[phase]]
    if (!isObject(byDevice)) continue
    const devices = Object.values(byDevice)
    if (devices.length === 0) continue
    durations[phase] = { cpuMs: sumClock(devices, 'cpu_ms'), gpuMs: sumClock(devices, 'gpu_ms') }
  }
  return durations
}
