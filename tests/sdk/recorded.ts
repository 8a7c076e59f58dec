import { PHASE_EVENTS, type Phase } from '@traceml/contracts'
import type { LocalRuntime } from '@traceml/runtime'

const SHORT = new Map(Object.entries(PHASE_EVENTS).map(([phase, event]) => [event, phase as Phase]))

/** The steps recorded since the last call, as `phase×calls` texts without the step's own event. */
export function recordedCalls(runtime: LocalRuntime): string[] {
  const steps: string[] = []
  runtime.steps.read('test', (step) => {
    const events: string[] = []
    for (let index = 0; index < step.eventCount; index += 1) {
      const name = SHORT.get(step.eventName(index)) ?? step.eventName(index)
      if (name !== 'traced_step_time') events.push(`${name}×${step.eventCalls(index)}`)
    }
    steps.push(`${step.step}: ${events.join(' ')}`.trim())
  })
  return steps
}

/** Milliseconds of every phase of the steps recorded since the last call of this function. */
export function recordedMs(runtime: LocalRuntime): Partial<Record<string, number>>[] {
  const steps: Partial<Record<string, number>>[] = []
  runtime.steps.read('test-ms', (step) => {
    const phases: Partial<Record<string, number>> = {}
    for (let index = 0; index < step.eventCount; index += 1) {
      const name = step.eventName(index)
      phases[SHORT.get(name) ?? name] = step.eventMs(index)
    }
    steps.push(phases)
  })
  return steps
}

/** Keeps the processor busy for about `ms`. */
export function busy(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) Math.sqrt(2)
}
