import { LIVE_FIXTURES, liveFixture } from '@traceml/testing'
import { Counter, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { liveMetrics } from './metrics.js'
import { registerLiveMetrics, renderMetrics } from './render.js'

const linesOf = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`traceml_${name}`))

test.each(LIVE_FIXTURES)('the fixture %s becomes lines that Prometheus can read', async (name) => {
  const text = await renderMetrics(liveFixture(name))
  for (const line of text.trimEnd().split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    expect(line).toMatch(/^traceml_[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)*\})? -?[0-9.e+-]+$/)
  }
  expect(text).not.toMatch(/\bstep="/)
})

test('values carry rank, node, phase and gpu', async () => {
  const payload = liveFixture('straggler')
  const text = await renderMetrics(payload)
  const [first] = payload.ranks
  expect(text).toContain(
    `traceml_step_duration_milliseconds{rank="0",node="0"} ${first?.step_time_ms}`,
  )
  expect(text).toContain(
    `traceml_step_phase_duration_milliseconds{rank="0",node="0",phase="forward"} ${first?.phases_ms.forward}`,
  )
  expect(text).toContain('traceml_verdict_severity{section="run",kind="INPUT_STRAGGLER"} 2')
  expect(linesOf(text, 'gpu_temperature_celsius{')).toHaveLength(8)
  expect(text).toContain('traceml_rank_culprit{rank="5",node="0"} 1')
})

test('what is not known has no series, and no zero', async () => {
  const text = await renderMetrics(liveFixture('cpu_only'))
  expect(linesOf(text, 'gpu_')).toEqual([])
  expect(linesOf(text, 'step_phase_duration_milliseconds').join()).not.toContain('h2d')
  expect(linesOf(text, 'progress_ratio')).toEqual([])
  expect(linesOf(await renderMetrics(liveFixture('waiting')), 'steps_completed')).toEqual([])
})

test('a rank that is gone keeps its state and loses its numbers', async () => {
  const text = await renderMetrics(liveFixture('lost_node'))
  expect(text).toContain('traceml_rank_state{rank="9",node="2",state="lost_source"} 1')
  expect(text).toContain('traceml_rank_last_step{rank="9",node="2"}')
  expect(linesOf(text, 'step_duration_milliseconds{rank="9"')).toEqual([])
  expect(linesOf(text, 'step_duration_milliseconds{rank="1"')).toHaveLength(1)
})

test('they live beside other metrics in a registry of the user, and follow the run', async () => {
  const registry = new Registry()
  new Counter({ name: 'mine_total', help: 'mine', registers: [registry] }).inc()
  let payload = liveFixture('many_ranks')
  registerLiveMetrics(registry, () => payload)
  expect(linesOf(await registry.metrics(), 'rank_last_step{')).toHaveLength(64)
  payload = liveFixture('single')
  const text = await registry.metrics()
  expect(linesOf(text, 'rank_last_step{')).toHaveLength(1)
  expect(text).toContain('mine_total 1')
})

test('names end in their unit and are told apart', () => {
  const names = liveMetrics.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('the largest layers of a deep run have series, in a bounded number', async () => {
  const payload = liveFixture('deep')
  const text = await renderMetrics(payload)
  const [first] = payload.sections.layers.body?.entries ?? []
  expect(linesOf(text, 'layer_duration_milliseconds{')).toHaveLength(40)
  expect(text).toContain(
    `traceml_layer_duration_milliseconds{layer="${first?.name}",pass="backward"} ${first?.backward_ms}`,
  )
  expect(linesOf(text, 'layer_memory_bytes{')).toHaveLength(20)
  expect(text).toContain('traceml_layer_profile_cost_ratio 0.0155')
  expect(linesOf(await renderMetrics(liveFixture('straggler')), 'layer_')).toEqual([])
})
