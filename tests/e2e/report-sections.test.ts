import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FinalSummary } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { temporaryFolder, traceml } from './fixtures/cli/support.js'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

test('a real run: all sections, a snapshot in between, own sections, tensors that are never disposed', async () => {
  using folder = temporaryFolder()
  const end = await traceml(
    [
      'run',
      '--interval',
      '0.2',
      '--run-name',
      'leak',
      '--logs-dir',
      folder.path,
      '--sampler',
      here('../../examples/custom-sampler/host-load.js'),
      '--section',
      here('../../examples/custom-section/open-files.js'),
      here('./fixtures/tfjs/keeps-losses.mjs'),
    ],
    { cwd: folder.path },
  )
  expect(end.code, end.stderr).toBe(0)

  const { flat, status } = JSON.parse(/SNAPSHOT (.*)/.exec(end.stdout)?.[1] ?? 'null') as {
    readonly flat: Readonly<Record<string, unknown>>
    readonly status: string
  }
  expect(status).toBe('running')
  expect(flat).toMatchObject({
    'traceml/schema_version': 1.7,
    'traceml/step_time/diagnosis_clock': 'cpu',
    'traceml/step_time/step_time_ms': expect.any(Number),
    'traceml/process/cpu_percent': expect.any(Number),
    'traceml/process/ram_percent': expect.any(Number),
    'traceml/system/cpu_percent': expect.any(Number),
    'traceml/system/status': expect.any(String),
    'traceml/step_memory/status': expect.any(String),
  })

  const session = join(folder.path, 'leak')
  expect(readdirSync(session)).toContain('final_summary.json')
  const report = JSON.parse(
    readFileSync(join(session, 'final_summary.json'), 'utf8'),
  ) as FinalSummary
  expect(report.run).toMatchObject({ status: 'completed', newest_step: 200 })
  expect(report.telemetry?.step_cost_us).toBeGreaterThan(0.05)
  expect(report.step_time.global.window.steps_analyzed).toBe(200)
  expect(report.step_memory.diagnosis).toMatchObject({
    kind: 'LIVE_TENSORS_RISING',
    ranks: [0],
    evidence: { live_tensors_per_step: expect.closeTo(1, 1) },
  })
  expect(report.process.metadata.global_ranks_used).toBe(1)
  expect(report.system.metadata.nodes_coverage).toBe('1/1')
  const lengths = [report.step_time, report.step_memory, report.process, report.system].map(
    (section) => section.details?.series?.at.length ?? 0,
  )
  expect(Math.min(...lengths)).toBeGreaterThan(0)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(100)
  expect(report.extra_sections).toHaveProperty(['acme/open-files', 'diagnosis', 'kind'], 'NORMAL')
  expect(report.text).toContain('Open files stayed level.')
})
