import { readFileSync } from 'node:fs'
import {
  createFrameDecoder,
  decodePayload,
  encodeFrame,
  normalizeEnvelope,
  parseRankFinished,
  splitBatch,
} from '@traceml/codec'
import { describe, expect, test } from 'vitest'

interface WireVector {
  readonly codec: 'msgpack' | 'json_fallback'
  readonly index: number
  readonly frame_hex: string
  readonly decoded: unknown
}

function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./vectors/${name}`, import.meta.url), 'utf8')) as T
}

const wire = vectors<WireVector[]>('wire_frames.json')
const envelopes = vectors<{
  readonly rank_finished: readonly { readonly input: unknown; readonly expect: object | null }[]
  readonly envelope: readonly { readonly input: unknown; readonly expect: unknown }[]
}>('envelope_control_budget.json')

describe.each(wire)('recorded $codec frame $index', ({ frame_hex: hex, decoded }) => {
  const bytes = new Uint8Array(Buffer.from(hex, 'hex'))

  test('decodes to the recorded value', () => {
    const payloads = createFrameDecoder().push(bytes)
    expect(payloads).toHaveLength(1)
    expect(decodePayload(payloads[0]!)).toEqual(decoded)
  })
})

test.each(wire.filter(({ codec }) => codec === 'msgpack'))(
  'recorded frame $index is encoded byte for byte',
  ({ frame_hex: hex, decoded }) => {
    expect(Buffer.from(encodeFrame(decoded)).toString('hex')).toBe(hex)
  },
)

const META = {
  rank: 1,
  global_rank: 1,
  local_rank: 1,
  world_size: 4,
  local_world_size: 4,
  node_rank: 0,
  hostname: 'n0',
  pid: 300,
  sampler: 'StepMemorySampler',
  timestamp: 1000.25,
}

test.each([
  [
    'batch with one control',
    [
      {
        _traceml_control: 'rank_finished',
        global_rank: 1,
        world_size: 4,
        node_rank: 0,
        hostname: 'n0',
        timestamp: 1000.5,
      },
    ],
    '000000649186b05f7472616365' +
      '6d6c5f636f6e74726f6cad72616e6b5f66696e6973686564ab676c6f62616c5f72616e6b01aa776f726c645f7369' +
      '7a6504a96e6f64655f72616e6b00a8686f73746e616d65a26e30a974696d657374616d70cb408f440000000000',
  ],
  [
    'batch with one step-memory envelope',
    [
      {
        meta: META,
        body: {
          tables: {
            step_memory: [
              {
                seq: 2,
                ts: 1000.125,
                model_id: 140_000_000_000_000,
                device: 'cuda:1',
                step: 7,
                peak_alloc: 1_048_576,
                peak_resv: 2_097_152,
              },
            ],
          },
        },
      },
    ],
    '0000010a9182a46d6574618aa472616e6b01ab676c6f62616c5f72616e6b01aa6c6f63616c5f72616e6b01aa776f726c645f73697a6504b06c6f63616c5f776f726c645f73697a6504a96e6f64655f72616e6b00a8686f73746e616d65a26e30a3706964cd012ca773616d706c6572b1537465704d656d6f727953616d706c6572a974696d657374616d70cb408f420000000000a4626f647981a67461626c657381ab737465705f6d656d6f72799187a373657102a27473cb408f410000000000a86d6f64656c5f6964cf00007f544a44c000a6646576696365a6637564613a31a47374657007aa7065616b5f616c6c6f63cb4130000000000000a97065616b5f72657376cb4140000000000000',
  ],
  [
    'flat map of older senders',
    { rank: 0, sampler: 'X', timestamp: 1.5, tables: { t: [] } },
    '0000002f84a472616e6b00a773616d706c6572a158a974696d657374616d70cb3ff8000000000000a67461626c657381a17490',
  ],
])('%s is encoded byte for byte', (_name, value, hex) => {
  expect(Buffer.from(encodeFrame(value)).toString('hex')).toBe(hex)
})

test.each(envelopes.rank_finished)('rank_finished $input', ({ input, expect: expected }) => {
  const parsed = parseRankFinished(input)
  expect(parsed).toEqual(
    expected === null ? null : { _traceml_control: 'rank_finished', ...expected },
  )
})

test.each(envelopes.envelope)('envelope $input', ({ input, expect: expected }) => {
  expect(normalizeEnvelope(input)).toEqual(expected)
})

const NULL_META = {
  rank: null,
  global_rank: null,
  local_rank: null,
  world_size: null,
  local_world_size: null,
  node_rank: null,
  hostname: null,
  pid: null,
  sampler: null,
  timestamp: null,
}

test.each([
  [
    {
      meta: { rank: '3', pid: 'x', world_size: 2.9, hostname: 5, timestamp: '1.5' },
      body: {},
    },
    { meta: { ...NULL_META, rank: 3, world_size: 2, hostname: '5', timestamp: 1.5 }, tables: {} },
  ],
  [
    { meta: { global_rank: 2, rank: 9 }, body: { tables: [1] } },
    { meta: { ...NULL_META, rank: 2, global_rank: 2 }, tables: {} },
  ],
  [
    { rank: 4, sampler: 'S', tables: { t: [1] } },
    { meta: { ...NULL_META, rank: 4, sampler: 'S' }, tables: { t: [1] } },
  ],
  [
    { meta: {}, tables: { t: [] } },
    { meta: NULL_META, tables: { t: [] } },
  ],
  [{ meta: 1, body: 2 }, null],
  [[], null],
  [5, null],
  [
    { meta: { global_rank: Number.NaN, rank: true }, body: { tables: {} } },
    { meta: { ...NULL_META, rank: 1 }, tables: {} },
  ],
])('normalises %o', (input, expected) => {
  expect(normalizeEnvelope(input)).toEqual(expected)
})

test('a batch is sorted into controls and the rest', () => {
  const finished = { _traceml_control: 'rank_finished', global_rank: 1 }
  const hello = { _traceml_control: 'hello', protocol: 1, global_rank: 0, acks: true }
  const batch = splitBatch([
    finished,
    { meta: {}, body: {} },
    [finished],
    5,
    { _traceml_control: 'other' },
    { _traceml_control: 'ack', frames: -1 },
    { _traceml_control: 'ack', frames: 3 },
    hello,
  ])
  expect(batch.controls.map((control) => control._traceml_control)).toEqual([
    'rank_finished',
    'ack',
    'hello',
  ])
  expect(batch.controls[2]).toEqual({ ...hello, session_id: null, token: null })
  expect(batch.items).toEqual([
    { meta: {}, body: {} },
    { _traceml_control: 'other' },
    { _traceml_control: 'ack', frames: -1 },
  ])
  expect(splitBatch(finished).controls).toHaveLength(1)
  expect(splitBatch(null)).toEqual({ controls: [], items: [] })
})
