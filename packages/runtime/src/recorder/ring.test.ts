import { PHASE_EVENTS } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSharedState, openSharedState } from './shared-layout.js'
import { createStepRecorder } from './step-recorder.js'
import { createStepSource } from './step-source.js'

function ring(options: { maxSteps?: number; ringBytes?: number } = {}) {
  const sizes = { ringBytes: options.ringBytes ?? 16_384, outputBytes: 0 }
  const shared = createSharedState(sizes)
  const recorder = createStepRecorder({ shared, maxSteps: options.maxSteps ?? null })
  // The other thread makes its own views.
  const source = createStepSource({
    shared: openSharedState(shared.buffer, sizes),
    wallOriginMs: () => 1_000_000,
  })
  return { recorder, source }
}

interface Seen {
  step: number
  at: number
  device: string
  events: Record<string, [number, number]>
  memory: [number | null, number | null]
}

function readAll(source: ReturnType<typeof ring>['source'], reader = 'test'): Seen[] {
  const steps: Seen[] = []
  source.read(reader, (step) => {
    const events: Seen['events'] = {}
    for (let index = 0; index < step.eventCount; index += 1) {
      events[step.eventName(index)] = [step.eventMs(index), step.eventCalls(index)]
    }
    steps.push({
      step: step.step,
      at: step.endTimeSeconds,
      device: step.device,
      events,
      memory: [step.liveBytes, step.liveTensorCount],
    })
  })
  return steps
}

test('what is added between two commits is one step', () => {
  const { recorder, source } = ring()
  recorder.add(recorder.slot(PHASE_EVENTS.forward), 2)
  recorder.add(recorder.slot(PHASE_EVENTS.forward), 3)
  recorder.add(recorder.slot('mine'), 0)
  recorder.setMemory(4096, 7)
  recorder.commit(9, 500)
  recorder.setDevice('wasm')
  recorder.commit(1, 1500)
  expect(readAll(source)).toEqual([
    {
      step: 1,
      at: 1000.5,
      device: 'cpu',
      events: {
        [PHASE_EVENTS.forward]: [5, 2],
        mine: [0, 1],
        [PHASE_EVENTS.traced_step_time]: [9, 1],
      },
      memory: [4096, 7],
    },
    {
      step: 2,
      at: 1001.5,
      device: 'wasm',
      events: { [PHASE_EVENTS.traced_step_time]: [1, 1] },
      memory: [null, null],
    },
  ])
})

test('discard forgets the step and does not count it', () => {
  const { recorder, source } = ring()
  recorder.add(2, 5)
  recorder.setMemory(1, 1)
  recorder.discard()
  recorder.commit(1, 1)
  expect(readAll(source)).toMatchObject([
    { step: 1, events: { [PHASE_EVENTS.traced_step_time]: [1, 1] }, memory: [null, null] },
  ])
})

test('NaN, negative durations and unknown slots are not events', () => {
  const { recorder, source } = ring()
  for (const [slot, ms] of [
    [2, Number.NaN],
    [2, -1],
    [-1, 1],
    [999, 1],
  ] as const) {
    recorder.add(slot, ms)
  }
  recorder.commit(1, 1)
  expect(Object.keys(readAll(source)[0]!.events)).toEqual([PHASE_EVENTS.traced_step_time])
})

test('a name keeps its slot, and the 257th name is refused', () => {
  const { recorder, source } = ring()
  const long = 'é'.repeat(200)
  expect(recorder.slot(long)).toBe(recorder.slot(long))
  for (let index = 0; index < 300; index += 1) recorder.slot(`name ${index}`)
  expect(recorder.slot('one too many')).toBe(-1)
  recorder.add(recorder.slot(long), 1)
  recorder.commit(1, 1)
  expect(Object.keys(readAll(source)[0]!.events)[0]).toBe('é'.repeat(63))
})

test.each([1, 2, 7])('a limit of %i records exactly the steps up to it', (maxSteps) => {
  const { recorder, source } = ring({ maxSteps })
  for (let step = 1; step <= 40; step += 1) recorder.commit(1, step)
  const expected = Array.from({ length: maxSteps }, (_, index) => index + 1)
  expect(readAll(source).map(({ step }) => step)).toEqual(expected)
  expect(recorder.enabled).toBe(false)
})

test('a full ring drops the newest steps, counts them and goes on when there is room', () => {
  const { recorder, source } = ring()
  readAll(source)
  for (let step = 1; step <= 1_000; step += 1) recorder.commit(1, step)
  const first = readAll(source)
  expect(first.map(({ step }) => step)).toEqual(first.map((_, index) => index + 1))
  expect(first.length + source.droppedSteps()).toBe(1_000)
  expect(source.completedSteps()).toBe(1_000)
  source.release()
  recorder.commit(1, 1)
  expect(readAll(source).map(({ step }) => step)).toEqual([1_001])
})

test('every reader has its own position, and the slowest holds the ring', () => {
  const { recorder, source } = ring()
  recorder.commit(1, 1)
  expect(readAll(source, 'a')).toHaveLength(1)
  recorder.commit(1, 2)
  expect(readAll(source, 'a').map(({ step }) => step)).toEqual([2])
  expect(readAll(source, 'b').map(({ step }) => step)).toEqual([1, 2])
  expect(source.hasUnread('a')).toBe(false)
  recorder.commit(1, 3)
  expect(source.hasUnread('a')).toBe(true)
})

test('a reader that stopped does not stop the others', () => {
  const { recorder, source } = ring()
  readAll(source, 'dead')
  readAll(source, 'alive')
  let seen = 0
  for (let step = 1; step <= 5_000; step += 1) {
    recorder.commit(1, step)
    if (step % 50 === 0) {
      seen += readAll(source, 'alive').length
      source.release()
    }
  }
  expect(seen).toBe(5_000)
  expect(source.droppedSteps()).toBe(0)
  expect(source.missedSteps()).toBeGreaterThan(0)
  const late = readAll(source, 'dead').map(({ step }) => step)
  expect(late.at(-1)).toBe(5_000)
  source.forget('dead')
})

test('a visitor that throws loses that step only', () => {
  const { recorder, source } = ring()
  for (let step = 1; step <= 3; step += 1) recorder.commit(1, step)
  expect(() =>
    source.read('x', () => {
      throw new Error('boom')
    }),
  ).toThrow('boom')
  expect(readAll(source, 'x').map(({ step }) => step)).toEqual([2, 3])
})

test('the environment is published once', () => {
  const { recorder, source } = ring()
  expect(source.environment()).toBeNull()
  const known = {
    backend: 'wasm',
    trainingStrategy: 'single_process',
    strategySource: 'topology',
    strategyConfidence: 'high',
  } as const
  recorder.setEnvironment(known)
  recorder.setEnvironment({ ...known, backend: 'cpu' })
  expect(source.environment()).toEqual(known)
})

test('any steps come out as they went in, whatever their sizes and the pace of reading', () => {
  const event = fc.tuple(fc.nat({ max: 40 }), fc.double({ min: 0, max: 1e6, noNaN: true }))
  const step = fc.record({
    events: fc.array(event, { maxLength: 60 }),
    memory: fc.option(fc.tuple(fc.nat(), fc.nat())),
    read: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { recorder, source } = ring({ ringBytes: 16_384 })
      const seen = readAll(source)
      const expected = new Map<number, Record<string, [number, number]>>()
      for (const [index, { events, memory, read }] of steps.entries()) {
        const sums: Record<string, [number, number]> = {}
        for (const [slot, ms] of events) {
          const name = `event ${slot}`
          recorder.add(recorder.slot(name), ms)
          const [sum, calls] = sums[name] ?? [0, 0]
          sums[name] = [sum + ms, calls + 1]
        }
        if (memory !== null) recorder.setMemory(memory[0], memory[1])
        sums[PHASE_EVENTS.traced_step_time] = [index, 1]
        recorder.commit(index, index)
        expected.set(index + 1, sums)
        if (read) {
          seen.push(...readAll(source))
          source.release()
        }
      }
      seen.push(...readAll(source))
      for (const { step: number, events } of seen) expect(events).toEqual(expected.get(number))
      expect(seen.length + source.droppedSteps()).toBe(steps.length)
      expect(seen.map((one) => one.step)).toEqual(
        seen.map((one) => one.step).toSorted((a, b) => a - b),
      )
    }),
  )
})
