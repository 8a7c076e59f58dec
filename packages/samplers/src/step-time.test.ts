import { decodePayload, encodePayload } from '@traceml/codec'
import type { WireRow } from '@traceml/contracts'
import { PHASE_EVENTS } from '@traceml/contracts'
import { checkSampler, createStepSourceFixture } from '@traceml/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStepMemorySampler, stepMemoryRow } from './step-memory.js'
import { createStepTimeSampler, stepTimeRow } from './step-time.js'

test('one row per step in the shape of the wire, seq is the tick', async () => {
  const steps = createStepSourceFixture([
    { step: 1, endTimeSeconds: 10.5, events: { [PHASE_EVENTS.forward]: 25 } },
    { step: 2, endTimeSeconds: 11, device: 'wasm', events: { mine: 0.5 } },
  ])
  const rows = await checkSampler(createStepTimeSampler, { context: { steps }, ticks: 2 })
  expect(rows).toEqual([
    {
      table: 'StepTimeTable',
      row: {
        seq: 1,
        timestamp: 10.5,
        step: 1,
        events: {
          '_traceml_internal:forward_time': {
            cpu: { is_gpu: false, duration_ms: 25, cpu_ms: 25, gpu_ms: null, n_calls: 1 },
          },
        },
      },
    },
    {
      table: 'StepTimeTable',
      row: {
        seq: 1,
        timestamp: 11,
        step: 2,
        events: {
          mine: {
            wasm: { is_gpu: false, duration_ms: 0.5, cpu_ms: 0.5, gpu_ms: null, n_calls: 1 },
          },
        },
      },
    },
  ])
})

test('memory rows only where a figure is known', async () => {
  const steps = createStepSourceFixture([
    { step: 1 },
    { step: 2, endTimeSeconds: 3, liveBytes: 4096, liveTensorCount: 7 },
  ])
  const rows = await checkSampler(createStepMemorySampler, { context: { steps } })
  expect(rows).toEqual([
    {
      table: 'step_memory',
      row: {
        seq: 1,
        ts: 3,
        model_id: null,
        device: 'cpu',
        step: 2,
        peak_alloc: null,
        peak_resv: null,
        live_bytes: 4096,
        live_tensor_count: 7,
      },
    },
  ])
})

const number = fc.oneof(
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.nat(),
  fc.constantFrom(0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 2 ** 53),
)
const name = fc.oneof(
  fc.constantFrom(...Object.values(PHASE_EVENTS)),
  fc.string({ maxLength: 300 }),
)
const stepFixture = fc.record({
  step: fc.nat(),
  endTimeSeconds: number,
  device: fc.oneof(fc.constantFrom('cpu', 'webgl'), fc.string({ maxLength: 40 })),
  events: fc.dictionary(
    name.filter((text) => !/^\d+$/.test(text) && text !== '__proto__'),
    number,
    { maxKeys: 20 },
  ),
  liveBytes: fc.option(fc.nat({ max: 2 ** 40 })),
  liveTensorCount: fc.option(fc.nat()),
})

test('hand-made rows equal the generic encoder byte for byte', () => {
  fc.assert(
    fc.property(fc.array(stepFixture, { maxLength: 30 }), (fixtures) => {
      const samplers = [
        [createStepTimeSampler(), stepTimeRow],
        [createStepMemorySampler(), stepMemoryRow],
      ] as const
      for (const [sampler, toRow] of samplers) {
        const expected: Uint8Array[] = []
        const context = { steps: createStepSourceFixture(fixtures) } as never
        createStepSourceFixture(fixtures).read('x', (step) => {
          if (toRow === stepTimeRow || step.liveBytes !== null) {
            expected.push(encodePayload(toRow(step, 1)))
          }
        })
        const written: Uint8Array[] = []
        let count = 0
        void sampler.sample(
          {
            emit: () => expect.unreachable('rows are encoded where the sink takes them so'),
            emitEncoded(_table, rows, rowCount) {
              written.push(rows.slice())
              count += rowCount
            },
          },
          context,
        )
        expect(Buffer.concat(written).toString('hex')).toBe(Buffer.concat(expected).toString('hex'))
        expect(count).toBe(expected.length)
      }
    }),
    { numRuns: 300 },
  )
})

test('many steps leave in chunks, all of them, in order', () => {
  const steps = createStepSourceFixture(
    Array.from({ length: 2_500 }, (_, index) => ({ step: index + 1, events: { a: index } })),
  )
  const chunks: number[] = []
  let last: WireRow | null = null
  const sampler = createStepTimeSampler()
  void sampler.sample(
    {
      emit: () => {},
      emitEncoded(_table, rows, rowCount) {
        chunks.push(rowCount)
        const array = new Uint8Array([0xdc, rowCount >> 8, rowCount & 0xff, ...rows])
        last = (decodePayload(array) as WireRow[]).at(-1)!
      },
    },
    { steps } as never,
  )
  expect(chunks).toEqual([1000, 1000, 500])
  expect(last).toMatchObject({ step: 2500 })
})
