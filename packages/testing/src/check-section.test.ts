import {
  noopLogger,
  type SectionContext,
  type SectionPayload,
  type Store,
  type SummarySection,
} from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkSection } from './check-section.js'

const CONTEXT: SectionContext = { store: {} as Store, windowRows: 10, logger: noopLogger }

const ISSUE = {
  kind: 'NORMAL',
  status: 'NORMAL',
  severity: 'info',
  summary: 'The disk is fast enough.',
  action: 'Nothing to do.',
  metric: null,
  phase: null,
  score: null,
  share_pct: null,
  skew_pct: null,
  ranks: [],
  evidence: {},
} as const

const PAYLOAD: SectionPayload = {
  metadata: {
    mode: 'single_node',
    duration_s: null,
    samples: 3,
    nodes_expected: null,
    nodes_observed: null,
    nodes_coverage: null,
    nodes_partial: null,
    gpus_observed: null,
    global_ranks_seen: null,
    global_ranks_used: null,
    training_total_steps: null,
    training_latest_step: null,
    section_metric_names: ['read_ms'],
  },
  diagnosis: ISSUE,
  issues: [ISSUE],
  global: {
    index_by: 'node_rank',
    window: {
      kind: 'sample_window',
      alignment: 'none',
      samples: 3,
      steps_analyzed: null,
      start_step: null,
      end_step: null,
      completed_step: null,
      window_size: null,
    },
    average: { read_ms: 1.5 },
    median: { read_ms: { value: 1.5, idx: '0' } },
    worst: { read_ms: { value: 1.5, idx: '0' } },
  },
  groups: {
    by: 'node_rank',
    rows: {
      '0': {
        identity: {
          global_rank: null,
          local_rank: null,
          node_rank: 0,
          hostname: null,
          local_world_size: null,
          world_size: null,
        },
        metrics: { read_ms: 1.5 },
      },
    },
  },
  units: { time: 'ms' },
  card: 'Disk',
}

function section(
  payload: SectionPayload | (() => SectionPayload),
  overrides: Partial<SummarySection<null>> = {},
): SummarySection<null> {
  return {
    apiVersion: 1,
    kind: 'section',
    id: 'acme/disk',
    title: 'Disk',
    indexBy: 'node_rank',
    load: async () => null,
    build: () => (typeof payload === 'function' ? payload() : payload),
    ...overrides,
  }
}

function withGlobal(change: Partial<SectionPayload['global']>): SectionPayload {
  return { ...PAYLOAD, global: { ...PAYLOAD.global, ...change } }
}

test('a section that keeps the contract', async () => {
  expect(await checkSection(section(PAYLOAD), CONTEXT)).toBe(PAYLOAD)
})

let calls = 0
test.each<[string, SummarySection<null>]>([
  ['needs a lower-case id', section(PAYLOAD, { id: 'My Disk' })],
  ['returned no issue', section({ ...PAYLOAD, issues: [] })],
  ['not a copy of its first issue', section({ ...PAYLOAD, diagnosis: { ...ISSUE, kind: 'X' } })],
  ['declares indexBy "global_rank"', section(PAYLOAD, { indexBy: 'global_rank' })],
  ['returned global.average with other keys', section(withGlobal({ average: {} }))],
  ['which JSON cannot hold', section(withGlobal({ average: { read_ms: Number.NaN } }))],
  [
    'only one of value and idx',
    section(withGlobal({ median: { read_ms: { value: null, idx: '0' } } })),
  ],
  [
    'for row "7", which is not there',
    section(withGlobal({ worst: { read_ms: { value: 1, idx: '7' } } })),
  ],
  [
    'build must be pure',
    section(() => {
      calls += 1
      return { ...PAYLOAD, card: String(calls) }
    }),
  ],
])('refuses one that %s', async (problem, bad) => {
  await expect(checkSection(bad, CONTEXT)).rejects.toThrow(problem)
})
