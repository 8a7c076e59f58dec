import { decodeStepEvents } from '@traceml/analysis'
import { PHASES } from '@traceml/contracts'
import { parseLenientJson } from './lenient-json.js'
import { PHASE_COUNT, PHASE_SLOTS } from './phase-row.js'
import { NOT_CANONICAL, scanEvents } from './scan.js'

/**
 * Decodes stored events into phase values at a position of flat storage.
 *
 * @returns One bit a phase that has an event, or -1 when the text holds no step.
 */
export function decodeEvents(text: string, values: Float64Array, at: number): number {
  values.fill(Number.NaN, at, at + PHASE_SLOTS)
  const present = scanEvents(text, values, at)
  if (present !== NOT_CANONICAL) return present
  values.fill(Number.NaN, at, at + PHASE_SLOTS)
  return decodeAny(text, values, at)
}

function decodeAny(text: string, values: Float64Array, at: number): number {
  const durations = decodeStepEvents(parseLenientJson(text))
  if (durations === null) return -1
  let present = 0
  for (const [index, phase] of PHASES.entries()) {
    const clocks = durations[phase]
    if (clocks === undefined) continue
    present |= 1 << index
    values[at + index] = clocks.cpuMs ?? Number.NaN
    values[at + PHASE_COUNT + index] = clocks.gpuMs ?? Number.NaN
  }
  return present
}
