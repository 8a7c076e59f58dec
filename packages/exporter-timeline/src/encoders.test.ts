import { expect, test } from 'vitest'
import { toCsv, toJsonLines } from './lines.js'
import { toPerfetto } from './perfetto.js'
import type { Timeline } from './records.js'

const timeline: Timeline = {
  runName: 'demo </script> "x"',
  records: [
    { record: 'source', kind: 'rank', id: 3, hostname: 'h"1', hasDeviceClock: true },
    { record: 'source', kind: 'node', id: 0, hostname: null, hasDeviceClock: false },
    {
      record: 'slice',
      rank: 3,
      clock: 'cpu',
      depth: 0,
      name: 'step',
      step: 7,
      startUs: 5_000_000,
      durationUs: 2_000,
      measuredMs: 2,
    },
    {
      record: 'slice',
      rank: 3,
      clock: 'cpu',
      depth: 2,
      name: '=cmd,"x"',
      step: 7,
      startUs: 5_000_000,
      durationUs: 1_500,
      measuredMs: 1.5,
    },
    {
      record: 'counter',
      of: { kind: 'node', id: 0 },
      name: 'gpu0_utilization',
      unit: 'percent',
      timeUs: 5_500_000,
      value: 0,
    },
  ],
}

test('a trace is one JSON document with names, slices and counters', () => {
  const trace = JSON.parse([...toPerfetto(timeline)].join(''))
  expect(trace.otherData.run).toBe('demo </script> "x"')
  expect(trace.traceEvents).toMatchInlineSnapshot(`
    [
      {
        "args": {
          "name": "rank 3 (h"1)",
        },
        "name": "process_name",
        "ph": "M",
        "pid": 3,
        "tid": 0,
      },
      {
        "args": {
          "sort_index": 3,
        },
        "name": "process_sort_index",
        "ph": "M",
        "pid": 3,
        "tid": 0,
      },
      {
        "args": {
          "name": "steps, host clock",
        },
        "name": "thread_name",
        "ph": "M",
        "pid": 3,
        "tid": 1,
      },
      {
        "args": {
          "name": "steps, device clock",
        },
        "name": "thread_name",
        "ph": "M",
        "pid": 3,
        "tid": 2,
      },
      {
        "args": {
          "name": "node 0",
        },
        "name": "process_name",
        "ph": "M",
        "pid": 1000000,
        "tid": 0,
      },
      {
        "args": {
          "sort_index": 1000000,
        },
        "name": "process_sort_index",
        "ph": "M",
        "pid": 1000000,
        "tid": 0,
      },
      {
        "args": {
          "ms": 2,
          "step": 7,
        },
        "cat": "step",
        "dur": 2000,
        "name": "step 7",
        "ph": "X",
        "pid": 3,
        "tid": 1,
        "ts": 5000000,
      },
      {
        "args": {
          "ms": 1.5,
          "step": 7,
        },
        "cat": "layer",
        "dur": 1500,
        "name": "=cmd,"x"",
        "ph": "X",
        "pid": 3,
        "tid": 1,
        "ts": 5000000,
      },
      {
        "args": {
          "percent": 0,
        },
        "name": "gpu0_utilization",
        "ph": "C",
        "pid": 1000000,
        "tid": 0,
        "ts": 5500000,
      },
    ]
  `)
})

test('a timeline without records is a trace all the same', () => {
  expect(JSON.parse([...toPerfetto({ ...timeline, records: [] })].join(''))).toMatchObject({
    traceEvents: [],
  })
})

test('lines as JSON and as CSV carry the same values; no cell is a formula', () => {
  const lines = [...toJsonLines(timeline)].map((line) => JSON.parse(line))
  expect(lines).toMatchInlineSnapshot(`
    [
      {
        "clock": "cpu",
        "duration_ms": 2,
        "name": "step",
        "node": null,
        "rank": 3,
        "record": "step",
        "step": 7,
        "time_s": 5,
        "unit": "ms",
        "value": null,
      },
      {
        "clock": "cpu",
        "duration_ms": 1.5,
        "name": "=cmd,"x"",
        "node": null,
        "rank": 3,
        "record": "layer",
        "step": 7,
        "time_s": 5,
        "unit": "ms",
        "value": null,
      },
      {
        "clock": null,
        "duration_ms": null,
        "name": "gpu0_utilization",
        "node": 0,
        "rank": null,
        "record": "counter",
        "step": null,
        "time_s": 5.5,
        "unit": "percent",
        "value": 0,
      },
    ]
  `)
  expect([...toCsv(timeline)].join('')).toMatchInlineSnapshot(`
    "record,rank,node,step,name,clock,time_s,duration_ms,value,unit
    step,3,,7,step,cpu,5,2,,ms
    layer,3,,7,"'=cmd,""x""",cpu,5,1.5,,ms
    counter,,0,,gpu0_utilization,,5.5,,0,percent
    "
  `)
})
