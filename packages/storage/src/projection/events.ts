import { jsonNumber, jsonString } from '../internal/json-text.js'
import { isMap, toInt, toReal } from '../internal/values.js'
import { addClock, closePhaseRow, PHASE_COUNT, phaseOfEvent } from '../step-events/phase-row.js'

/** Where the phases of a row go while its text is made. */
export interface PhaseTarget {
  readonly values: Float64Array
  readonly at: number
  /** Set by {@link eventsText}: one bit a phase. */
  present: number
}

/**
 * The canonical text of a step's events: compact JSON with sorted keys, five statistics a device,
 * ASCII only. What is not statistics is left out; wrong values are null. The phases in it are added
 * to `target`.
 */
export function eventsText(events: unknown, target: PhaseTarget): string {
  if (!isMap(events)) return '{}'
  let text = ''
  for (const name of Object.keys(events).sort()) {
    const devices = devicesText(events[name], phaseOfEvent(name), target)
    if (devices !== '') text += `${text === '' ? '' : ','}${jsonString(name)}:{${devices}}`
  }
  closePhaseRow(target.values, target.at)
  return `{${text}}`
}

function devicesText(devices: unknown, phase: number, target: PhaseTarget): string {
  if (!isMap(devices)) return ''
  let text = ''
  for (const device of Object.keys(devices).sort()) {
    const stats = devices[device]
    if (!isMap(stats)) continue
    const cpu = toReal(stats['cpu_ms'])
    const gpu = toReal(stats['gpu_ms'])
    const isGpu = typeof stats['is_gpu'] === 'boolean' ? String(stats['is_gpu']) : 'null'
    text +=
      `${text === '' ? '' : ','}${jsonString(device)}:{"cpu_ms":${jsonNumber(cpu)}` +
      `,"duration_ms":${jsonNumber(toReal(stats['duration_ms']))},"gpu_ms":${jsonNumber(gpu)}` +
      `,"is_gpu":${isGpu},"n_calls":${jsonNumber(toInt(stats['n_calls']))}}`
    if (phase < 0) continue
    target.present |= 1 << phase
    if (cpu !== null) addClock(target.values, target.at + phase, cpu)
    if (gpu !== null) addClock(target.values, target.at + PHASE_COUNT + phase, gpu)
  }
  return text
}
