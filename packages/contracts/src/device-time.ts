/**
 * Time on the clock of a GPU that comes to know later than the step ends: what an instrumentation
 * publishes (see `StepRecorder.publish`) for the sampler that joins it with the steps.
 */
export const DEVICE_TIME_TOPIC = 'device_time'

/** Any of the facts. */
export type DeviceTimeFact = DeviceTimeStart | DeviceTimeSteps | DeviceTimeEnd

/** From now on steps have device times, which follow. */
export type DeviceTimeStart = { readonly kind: 'start' }

/** Some steps in their order; one that is passed over has no device times. */
export type DeviceTimeSteps = {
  readonly kind: 'steps'
  readonly steps: readonly DeviceStepTime[]
}

/** Nothing more follows. */
export type DeviceTimeEnd = { readonly kind: 'end' }

/** Milliseconds on the device's clock; null for what did not occur or is not known. */
export type DeviceStepTime = {
  readonly step: number
  /** From the last operation of the step before to the first of this one. */
  readonly gap_ms: number | null
  readonly forward_ms: number | null
  readonly backward_ms: number | null
  readonly optimizer_ms: number | null
  /** From the first operation of the step to its last, all of the above but the gap included. */
  readonly span_ms: number
}
