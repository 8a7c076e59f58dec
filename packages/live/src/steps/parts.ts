import { PHASE_INDEX, PHASES } from '@traceml/contracts'

const CLOCKS = PHASES.length
const [INPUT, H2D, FORWARD, BACKWARD, OPTIMIZER, TRACED] = [
  PHASE_INDEX.input_wait,
  PHASE_INDEX.h2d,
  PHASE_INDEX.forward,
  PHASE_INDEX.backward,
  PHASE_INDEX.optimizer_step,
  PHASE_INDEX.traced_step_time,
] as const

/** Where the parts of a step stand in the order of `LIVE_PHASES`; the last is the residual. */
const RESIDUAL = 5

/**
 * Splits one stored row into the parts of a step, on the device's clock where that has the step.
 *
 * @param parts - Six values, overwritten; NaN is "not measured".
 * @returns The time of the whole step in milliseconds, NaN when it was not measured. @internal
 */
export function splitStep(values: Float64Array, offset: number, parts: Float64Array): number {
  const isOnDevice = !Number.isNaN(values[offset + CLOCKS + TRACED] as number)
  const base = offset + (isOnDevice ? CLOCKS : 0)
  const at = (phase: number): number => values[base + phase] as number
  // A device has no clock for what the host waits for.
  const deviceInput = at(INPUT)
  const input = Number.isNaN(deviceInput) ? (values[offset + INPUT] as number) : deviceInput
  parts[0] = input
  parts[1] = at(H2D)
  parts[2] = at(FORWARD)
  parts[3] = at(BACKWARD)
  parts[4] = at(OPTIMIZER)
  const compute = at(FORWARD) + at(BACKWARD) + at(OPTIMIZER)
  const copied = Number.isNaN(at(H2D)) ? 0 : at(H2D)
  // NaN where any of the three was not measured: then nothing is known to be left over.
  parts[RESIDUAL] = Math.max(0, at(TRACED) - copied - compute)
  return input + at(TRACED)
}
