import type { DeviceTimeFact, JsonObject } from '@traceml/contracts'
import { DEVICE_TIME_TOPIC, PHASE_EVENTS } from '@traceml/contracts'
import {
  createFactSourceFixture,
  createSamplerContextFixture,
  createStepSourceFixture,
} from '@traceml/testing'
import { expect, test } from 'vitest'
import { createDeviceStepTimeSampler } from './device-step-time.js'

const { input_wait, forward, traced_step_time } = PHASE_EVENTS

/** A sampler over three steps that waited 4 ms for input and took 10 ms on the host. */
function trained() {
  const facts = createFactSourceFixture(DEVICE_TIME_TOPIC)
  const events = { [input_wait]: 4, [traced_step_time]: 10 }
  const steps = createStepSourceFixture(
    [1, 2, 3].map((step) => ({ step, endTimeSeconds: step, device: 'webgl', events })),
  )
  let nowMs = 0
  const context = createSamplerContextFixture({
    clock: { monotonicMs: () => nowMs, wallSeconds: () => 0 },
    steps,
    facts,
  })
  const sampler = createDeviceStepTimeSampler()
  void sampler.start?.(context)
  const rows: JsonObject[] = []
  return {
    rows,
    sampler,
    publish: (...more: DeviceTimeFact[]) => facts.push(...(more as JsonObject[])),
    sample(atMs = nowMs) {
      nowMs = atMs
      void sampler.sample({ emit: (_table, row) => rows.push(row) }, context)
      return rows.map((row) => row['step'])
    },
  }
}

const time = (step: number, gapMs: number | null, spanMs: number) => ({
  step,
  gap_ms: gapMs,
  forward_ms: 3,
  backward_ms: null,
  optimizer_ms: null,
  span_ms: spanMs,
})

test('rows wait for the times of their steps, in order; one that was passed over has none', () => {
  const { publish, sample, sampler, rows } = trained()
  publish({ kind: 'start' })
  expect(sample()).toEqual([])
  expect(sampler.hasPending?.()).toBe(true)
  publish({ kind: 'steps', steps: [time(1, 6, 20)] })
  expect(sample()).toEqual([1])
  publish({ kind: 'steps', steps: [time(3, 1, 20)] })
  expect(sample()).toEqual([1, 2, 3])
  expect(sampler.hasPending?.()).toBe(false)
  const webgl = (at: number, name: string) =>
    (rows[at] as { events: Record<string, Record<string, JsonObject>> }).events[name]?.['webgl']
  // The GPU waited 6 ms, of which the host waited 4 for input: the rest belongs to the step.
  expect(webgl(0, input_wait)).toMatchObject({ cpu_ms: 4, gpu_ms: 4 })
  expect(webgl(0, traced_step_time)).toMatchObject({ cpu_ms: 10, gpu_ms: 22 })
  expect(webgl(0, forward)).toMatchObject({ cpu_ms: null, gpu_ms: 3, is_gpu: true })
  expect(webgl(1, input_wait)).toMatchObject({ cpu_ms: 4, gpu_ms: null, is_gpu: false })
  expect(webgl(1, forward)).toBeUndefined()
  // Queued work covered most of the wait.
  expect(webgl(2, input_wait)).toMatchObject({ cpu_ms: 4, gpu_ms: 1 })
  expect(webgl(2, traced_step_time)).toMatchObject({ gpu_ms: 20 })
})

test('nothing is held back for good', () => {
  const ended = trained()
  ended.publish({ kind: 'start' })
  expect(ended.sample()).toEqual([])
  ended.publish({ kind: 'end' })
  expect(ended.sample()).toEqual([1, 2, 3])

  const silent = trained()
  silent.publish({ kind: 'start' })
  expect(silent.sample()).toEqual([])
  expect(silent.sample(61_000)).toEqual([1, 2, 3])
})

test('without such times it is the plain sampler', () => {
  expect(trained().sample()).toEqual([1, 2, 3])
})
