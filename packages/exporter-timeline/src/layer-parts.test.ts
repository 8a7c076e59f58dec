import { PHASE_INDEX, PHASES } from '@traceml/contracts'
import { layerSampleFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { historyTimeline, type TimelineHistory } from './history-timeline.js'

function phases(ms: Readonly<Partial<Record<(typeof PHASES)[number], number>>>): Float64Array {
  const values = new Float64Array(PHASES.length).fill(Number.NaN)
  for (const [name, value] of Object.entries(ms)) {
    values[PHASE_INDEX[name as (typeof PHASES)[number]]] = value
  }
  return values
}

const LAYERS = [
  layerSampleFixture('forward_time', 8, { 'net.fc1': 2, 'net.fc2': 1 }),
  // Sent twice; the newer one counts.
  layerSampleFixture('backward_time', 8, { 'net.fc1': 9, 'net.fc2': 9 }),
  layerSampleFixture('backward_time', 8, { 'net.fc1': 3, 'net.fc2': 4 }, { gpu_ms: [5, null] }),
  layerSampleFixture('forward_memory', 8, { 'net.fc1': 1e6 }),
  layerSampleFixture('forward_time', 8, { other: 1 }, { global_rank: 1 }),
]

const HISTORY: TimelineHistory = {
  *steps() {
    for (const step of [7, 8]) {
      yield {
        globalRank: 0,
        step,
        endSeconds: step,
        cpuMs: phases({ traced_step_time: 20, forward: 4, backward: 10 }),
        gpuMs: phases({ traced_step_time: 20, backward: 6 }),
      }
    }
  },
  rows: ((table: string) => (table === 'layer_samples' ? LAYERS : [])) as TimelineHistory['rows'],
}

test('layers of a sampled step stand within their phase, on each clock', () => {
  const layers = [...historyTimeline(HISTORY)].flatMap((record) =>
    record.record === 'slice' && record.depth === 2
      ? [[record.rank, record.step, record.clock, record.name, record.measuredMs]]
      : [],
  )
  expect(layers).toEqual([
    [0, 8, 'cpu', 'net.fc1', 2],
    [0, 8, 'cpu', 'net.fc2', 1],
    [0, 8, 'cpu', 'net.fc2', 4],
    [0, 8, 'cpu', 'net.fc1', 3],
    [0, 8, 'gpu', 'net.fc1', 5],
  ])
})
