import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createLiveSourceFixture, type LiveFixtureName } from '@traceml/testing'
import { expect, test } from 'vitest'
import { exportLive } from './export-live.js'

function setUp(name: LiveFixtureName) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const source = createLiveSourceFixture(name)
  const end = exportLive(provider.getMeter('test'), source)
  return {
    source,
    end,
    async collect() {
      exporter.reset()
      await reader.forceFlush()
      const found = exporter.getMetrics().flatMap((one) => one.scopeMetrics)
      const metrics = found.flatMap((scope) => scope.metrics)
      return new Map(
        metrics.map((one) => {
          // The points of a metric are all of its kind; the tests know which.
          const points = one.dataPoints as readonly DataPoint<unknown>[]
          return [one.descriptor.name, { ...one.descriptor, points }]
        }),
      )
    },
    async [Symbol.asyncDispose]() {
      await provider.shutdown()
    },
  }
}

test('ranks, phases and GPUs become gauges with units and bounded attributes', async () => {
  await using run = setUp('straggler')
  const metrics = await run.collect()
  const payload = run.source.payload()
  expect(metrics.get('traceml.rank.step.duration')).toMatchObject({ unit: 'ms' })
  const steps = metrics.get('traceml.rank.step.duration')?.points ?? []
  expect(steps.map(({ value }) => value)).toEqual(payload.ranks.map((rank) => rank.step_time_ms))
  expect(steps[5]?.attributes).toEqual({ 'traceml.rank': 5, 'traceml.node': '0' })
  expect(metrics.get('traceml.rank.phase.duration')?.points).toHaveLength(8 * 6)
  expect(metrics.get('hw.gpu.utilization')?.points).toHaveLength(8)
  const [cpu] = (metrics.get('system.cpu.utilization')?.points ?? []) as DataPoint<number>[]
  expect(cpu?.value).toBeCloseTo((payload.nodes[0]?.cpu_percent ?? 0) / 100)
})

test('every step is counted once in the histogram', async () => {
  await using run = setUp('single')
  run.source.advance()
  const first = run.source.payload().sections.step_time.body?.series.steps ?? []
  run.source.advance()
  const second = run.source.payload().sections.step_time.body?.series.steps ?? []
  const metrics = await run.collect()
  const [point] = (metrics.get('traceml.step.duration')?.points ?? []) as DataPoint<Histogram>[]
  expect(point?.value.count).toBe(new Set([...first, ...second]).size)
  expect(point?.value.min).toBeGreaterThan(0)
})

test('what is not known is not observed; a lost rank keeps its state only', async () => {
  await using cpu = setUp('cpu_only')
  expect((await cpu.collect()).get('hw.gpu.utilization')?.points ?? []).toEqual([])
  await using lost = setUp('lost_node')
  const metrics = await lost.collect()
  const ranks = (metrics.get('traceml.rank.step.duration')?.points ?? []).map(
    ({ attributes }) => attributes['traceml.rank'],
  )
  expect(ranks).not.toContain(9)
  expect(ranks).toContain(0)
  const states = metrics.get('traceml.rank.state')?.points ?? []
  expect(
    states.find(({ attributes }) => attributes['traceml.rank'] === 9)?.attributes,
  ).toMatchObject({ 'traceml.state': 'lost_source' })
})

test('after its end nothing is observed any more', async () => {
  await using run = setUp('single')
  run.end()
  run.source.advance()
  const metrics = await run.collect()
  expect([...metrics.values()].flatMap(({ points }) => points)).toEqual([])
})
