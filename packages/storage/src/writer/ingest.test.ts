import { decodePayload, encodePayload } from '@traceml/codec'
import { PHASE_EVENTS, SAMPLER_NAMES } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PHASE_SLOTS } from '../step-events/phase-row.js'
import { createTranscoder, openFrame, transcodeItem } from '../transcode/frame.js'
import { createItemCounts, ingestPayload, ingestValue } from './ingest.js'
import { countRows, createPending, type Pending, resolveEvents, TABLE } from './pending.js'

/** Everything in a buffer; -0 and 0 are one number, as in a database. */
function contents(pending: Pending): unknown {
  const steps = pending.rows[TABLE.stepTime]!.length
  for (const row of pending.rows[TABLE.stepTime]!) resolveEvents(pending, row)
  return {
    rows: pending.rows.map((rows) => rows.map((row) => row.map((value) => value || value || 0))),
    nulls: pending.rows.map((rows) => rows.map((row) => row.map((value) => value === null))),
    owners: pending.gpuOwners,
    values: [...pending.phases.values.subarray(0, steps * PHASE_SLOTS)],
    present: [...pending.phases.present.subarray(0, steps)],
  }
}

function bothWays(payload: Uint8Array): { fast: unknown; slow: unknown } {
  const pending = createPending()
  const counts = createItemCounts()
  const valid = ingestPayload(payload, 9n, createTranscoder(), pending, counts)
  const slowPending = createPending()
  const slowCounts = createItemCounts()
  let slowValid = true
  try {
    ingestValue(decodePayload(payload), 9n, slowPending, slowCounts)
  } catch {
    slowValid = false
  }
  return {
    fast: { valid, counts, contents: contents(pending) },
    slow: { valid: slowValid, counts: slowCounts, contents: contents(slowPending) },
  }
}

const odd = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.array(fc.nat(3), { maxLength: 2 }),
  fc.constant({}),
)
/** Mostly the usual value, now and then any. */
const mostly = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: odd })

const ms = mostly(fc.oneof(fc.double({ min: 0, max: 100 }), fc.constant(null), fc.integer()))
const statistics = fc.record(
  {
    is_gpu: mostly(fc.boolean()),
    duration_ms: ms,
    cpu_ms: ms,
    gpu_ms: ms,
    n_calls: mostly(fc.nat(5)),
    extra: fc.nat(1),
  },
  { requiredKeys: ['cpu_ms'] },
)
const device = fc.constantFrom('cpu', 'cuda:0', 'gerät')
const events = mostly(
  fc.dictionary(
    fc.oneof(fc.constantFrom(...Object.values(PHASE_EVENTS), 'load "x"', 'été'), fc.string()),
    mostly(fc.dictionary(device, mostly(statistics), { maxKeys: 2 })),
    { maxKeys: 7 },
  ),
)
const seq = mostly(fc.nat())
const ts = mostly(fc.double({ min: 1e9, max: 2e9 }))
const stepRow = fc.record({ seq, timestamp: ts, step: mostly(fc.nat()), events })
const bytes = mostly(fc.oneof(fc.double({ min: 0, max: 1e12 }), fc.constant(null)))
const memoryRow = fc.record(
  {
    seq,
    ts,
    model_id: fc.oneof(fc.nat(), fc.constant(140_409_068_121_168)),
    device: mostly(device),
    step: mostly(fc.nat()),
    peak_alloc: bytes,
    peak_resv: bytes,
    live_bytes: bytes,
    live_tensor_count: mostly(fc.nat()),
  },
  { requiredKeys: ['seq'] },
)
const processRow = fc.record({
  seq,
  ts,
  pid: fc.nat(),
  cpu: bytes,
  cpu_cores: mostly(fc.nat(64)),
  ram_used: bytes,
  ram_total: bytes,
  gpu_available: mostly(fc.boolean()),
  gpu_count: mostly(fc.nat(8)),
  gpu: mostly(
    fc.oneof(
      fc.constant(null),
      fc.record({ device: fc.nat(8), mem_used: bytes, mem_reserved: bytes, mem_total: bytes }),
    ),
  ),
})
const systemRow = fc.record({ seq, ts, gpus: mostly(fc.array(fc.array(bytes))) })
const rank = mostly(fc.nat(100))
const meta = (sampler: string): fc.Arbitrary<unknown> =>
  fc.record({
    rank,
    global_rank: rank,
    local_rank: rank,
    world_size: rank,
    local_world_size: rank,
    node_rank: rank,
    hostname: mostly(fc.constantFrom('w0', 'höst')),
    pid: mostly(fc.nat()),
    sampler: mostly(fc.constant(sampler)),
    timestamp: ts,
  })
function envelope(names: { sampler: string; table: string }, row: fc.Arbitrary<unknown>) {
  const rows = mostly(fc.array(mostly(row), { maxLength: 4 }))
  return fc.record({
    meta: meta(names.sampler),
    body: mostly(fc.record({ tables: mostly(rows.map((list) => ({ [names.table]: list }))) })),
  })
}
const item = mostly(
  fc.oneof(
    { weight: 4, arbitrary: envelope(SAMPLER_NAMES.stepTime, stepRow) },
    envelope(SAMPLER_NAMES.stepMemory, memoryRow),
    envelope(SAMPLER_NAMES.process, processRow),
    envelope(SAMPLER_NAMES.system, systemRow),
    envelope({ sampler: 'acme', table: 't' }, fc.record({ ts, x: fc.nat() })),
    fc.constant({ _traceml_control: 'rank_finished', global_rank: 1 }),
  ),
)
const message = fc.oneof({ weight: 9, arbitrary: fc.array(item, { maxLength: 4 }) }, item)

test('bytes and decoded values become the same rows', () => {
  fc.assert(
    fc.property(message, (value) => {
      const { fast, slow } = bothWays(encodePayload(value as never))
      expect(fast).toEqual(slow)
    }),
    { numRuns: 600 },
  )
})

test('damaged bytes become the same rows as their decoded value, or none', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.nat(255), fc.nat(2), (value, position, byte, kind) => {
      const payload = encodePayload(value as never)
      const at = position % payload.length
      const damaged =
        kind === 0 ? payload.slice(0, at) : kind === 1 ? Buffer.concat([payload, payload]) : payload
      if (kind === 2) damaged[at] = byte
      const { fast, slow } = bothWays(damaged)
      expect(fast).toEqual(slow)
    }),
    { numRuns: 1500 },
  )
})

test.each([
  [
    SAMPLER_NAMES.stepTime.sampler,
    {
      seq: 2,
      timestamp: 9.5,
      step: 1,
      events: {
        '_traceml_internal:forward_time': {
          cpu: { is_gpu: false, duration_ms: 1.5, cpu_ms: 1.5, gpu_ms: null, n_calls: 1 },
        },
      },
    },
  ],
  [
    SAMPLER_NAMES.stepMemory.sampler,
    { seq: 2, ts: 9.5, model_id: 1, device: 'cpu', step: 1, peak_alloc: null, peak_resv: null },
  ],
  [SAMPLER_NAMES.process.sampler, { seq: 1, ts: 2.5, pid: 3, cpu: 1.5, gpu_count: 0, gpu: null }],
])('usual rows of %s are not decoded into objects', (sampler, row) => {
  const item = { meta: { global_rank: 1, sampler }, body: { tables: { T: [row, row] } } }
  const payload = encodePayload([item] as never)
  const transcoder = createTranscoder()
  const pending = createPending()
  expect(openFrame(transcoder, payload)).toBe(1)
  expect(transcodeItem(transcoder, 9n, pending)).toBe(true)
  expect(countRows(pending)).toBe(2)
})

test('names that keep changing end in the slow path, with the same rows', () => {
  const transcoder = createTranscoder()
  const pending = createPending()
  for (let index = 0; index < 300; index += 1) {
    const row = { step: index, events: { [`region ${index}`]: { cpu: { cpu_ms: index } } } }
    const meta = { global_rank: 0, hostname: `h${index}`, sampler: SAMPLER_NAMES.stepTime.sampler }
    const payload = encodePayload([{ meta, body: { tables: { T: [row] } } }] as never)
    expect(ingestPayload(payload, 9n, transcoder, pending, createItemCounts())).toBe(true)
  }
  expect(transcoder.events.names.length).toBe(transcoder.events.limit)
  const rows = pending.rows[TABLE.stepTime]!
  for (const [index, row] of rows.entries()) {
    resolveEvents(pending, row)
    expect(row[11]).toBe(
      `{"region ${index}":{"cpu":{"cpu_ms":${index},"duration_ms":null,"gpu_ms":null,"is_gpu":null,"n_calls":null}}}`,
    )
  }
  expect(rows).toHaveLength(300)
})
