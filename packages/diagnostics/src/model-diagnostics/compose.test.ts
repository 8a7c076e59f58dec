import { expect, test } from 'vitest'
import { diagnoseLiveStepMemory } from '../step-memory/diagnose-live.js'
import { composeModelDiagnostics, defaultModelDiagnosticDomains } from './compose.js'
import type { ModelDiagnosticDomain } from './context.js'
import { confidenceLabel, createItem } from './payload.js'

const clock = { monotonicMs: () => 0, wallSeconds: () => 123.5 }
const nothing = { stepTime: null, stepMemory: null }

function fixed(severity: 'info' | 'warn' | 'crit'): ModelDiagnosticDomain {
  const place = { source: severity, title: severity }
  return {
    ...place,
    build: () =>
      createItem({ ...place, kind: 'K', status: 'K', severity, reason: 'R.', action: 'A.' }),
  }
}

test('without data there is an item a domain, and the payload is still OK', () => {
  const payload = composeModelDiagnostics(nothing, { clock })
  expect(payload).toMatchObject({
    generated_at_s: 123.5,
    overall_severity: 'info',
    status_message: 'OK',
    items: [
      { source: 'step_time', kind: 'NO_DATA', evidence: {}, confidence_label: null },
      { source: 'step_memory', kind: 'NO_DATA', evidence: {} },
    ],
  })
})

test('the highest severity wins, and a domain that has nothing to say has no item', () => {
  const silent: ModelDiagnosticDomain = { source: 's', title: 'S', build: () => null }
  const severity = (...domains: readonly ModelDiagnosticDomain[]): string =>
    composeModelDiagnostics(nothing, { clock, domains }).overall_severity
  expect(severity(fixed('info'), fixed('crit'), fixed('warn'))).toBe('crit')
  expect(severity(fixed('info'), fixed('warn'))).toBe('warn')
  expect(composeModelDiagnostics(nothing, { clock, domains: [silent] })).toMatchObject({
    overall_severity: 'info',
    status_message: 'NO DATA',
    items: [],
  })
})

test('a domain that throws says so, is logged, and costs no other domain', () => {
  const messages: string[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message: string) => {
      messages.push(message)
    },
    child: () => logger,
  }
  const broken: ModelDiagnosticDomain = {
    source: 'disk',
    title: 'Disk',
    build: () => {
      throw new Error('boom')
    },
  }
  const { items } = composeModelDiagnostics(nothing, {
    clock,
    logger,
    domains: [broken, ...defaultModelDiagnosticDomains],
  })
  expect(items.map((item) => item.source)).toEqual(['disk', 'step_time', 'step_memory'])
  expect(items[0]).toMatchObject({ kind: 'NO_DATA', reason: 'Disk is unavailable on this tick.' })
  expect(messages).toEqual(['The live diagnosis of Disk failed'])
})

test('step time is copied, never diagnosed again', () => {
  const diagnosis = {
    kind: 'INPUT_BOUND',
    status: 'INPUT-BOUND',
    severity: 'crit' as const,
    reason: 'Input takes 40% of the step.',
    action: 'Prefetch.',
    note: null,
    confidence: null,
    stepsUsed: 100,
    worstRank: 2,
  }
  const stepTime = { diagnosis, window: null }
  const [item] = composeModelDiagnostics({ ...nothing, stepTime }, { clock }).items
  expect(item).toMatchObject({ kind: 'INPUT_BOUND', steps_used: 100, worst_rank: 2, evidence: {} })
})

test('memory without a capacity shows pressure as n/a', () => {
  const rows = Array.from({ length: 60 }, (_, step) => ({
    id: step,
    global_rank: 0,
    local_rank: null,
    world_size: null,
    local_world_size: null,
    node_rank: null,
    hostname: null,
    device: 'cuda:0',
    step,
    peak_alloc_bytes: 10,
    peak_reserved_bytes: 20,
    live_bytes: null,
    live_tensor_count: null,
  }))
  const stepMemory = diagnoseLiveStepMemory({
    rows,
    latestStep: 59,
    ranksSeen: 1,
    gpuTotalBytes: null,
    gpuTotalBytesByRank: {},
    gpuAvailable: true,
  })
  const { items } = composeModelDiagnostics({ stepTime: null, stepMemory }, { clock })
  expect(items[1]?.evidence).toEqual({
    window: '60',
    worst: 'r0',
    imb: '0.0%',
    trend: '0.0%',
    pressure: 'n/a',
  })
})

test.each([
  [null, null],
  [0.85, 'high'],
  [0.84, 'medium'],
  [0.6, 'medium'],
  [0.59, 'low'],
  [0, 'low'],
])('confidence %s is %s', (confidence, label) => {
  expect(confidenceLabel(confidence)).toBe(label)
})
