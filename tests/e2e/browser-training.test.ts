import { PHASE_EVENTS } from '@traceml/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveRun } from './browser-support/serve.ts'
import { type Site, serveSite } from './browser-support/site.ts'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import { queryHistory, readSummary, temporaryFolder } from './fixtures/cli/support.ts'

const STEPS = 48
const { forward, backward, optimizer_step, traced_step_time } = PHASE_EVENTS
const PHASES = [forward, backward, optimizer_step, traced_step_time]

let site: Site
beforeAll(async () => {
  site = await serveSite()
}, 120_000)
afterAll(async () => {
  await site[Symbol.asyncDispose]()
})

interface Stats {
  readonly cpu_ms: number | null
  readonly gpu_ms: number | null
}

test.skipIf(NO_CHROMIUM !== null).each([
  ['a page', 'cpu'],
  ['a page', 'wasm'],
  ['a page', 'webgl'],
  ['a worker', 'cpu'],
  ['a worker', 'webgl'],
] as const)(
  'a model that is fitted in %s on %s gets its report',
  async (place, backend) => {
    using folder = temporaryFolder()
    await using serve = await serveRun(folder.path, 'page', ['--exit-when-finished'])
    await using browser = await openChromium(backend === 'webgl' ? 'software' : 'none')
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.text().includes('[traceml]')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(site.url)
    const options = { url: serve.url, backend }
    const used = await page.evaluate(
      ([where, given]) => {
        const { training } = globalThis as unknown as { training: Record<string, Fit & InWorker> }
        return where === 'a page' ? training['fit']?.(given) : training['inWorker']?.('fit', given)
      },
      [place, options] as const,
    )
    expect(used).toBe(backend)
    expect(complaints).toEqual([])

    // The page said that it has finished: the server ends by itself.
    const end = await serve.command.end
    expect(end.code, end.stderr).toBe(0)
    const rows = queryHistory<{ step: number; events_json: string; hostname: string }>(
      serve.session,
      'SELECT step, events_json, hostname FROM step_time_samples ORDER BY step',
    )
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, at) => at + 1))
    expect(rows[0]?.hostname).toMatch(/^\w+ \d+$/)
    const clock = backend === 'webgl' ? 'gpu_ms' : 'cpu_ms'
    for (const { events_json } of rows) {
      const events = JSON.parse(events_json) as Record<string, Record<string, Stats>>
      const times = PHASES.map((phase) => events[phase]?.[backend]?.[clock] ?? null)
      expect(times).not.toContain(null)
      const [forwardMs = 0, backwardMs = 0, optimizerMs = 0, stepMs = 0] = times as number[]
      const phasesMs = forwardMs + backwardMs + optimizerMs
      expect(phasesMs).toBeGreaterThan(0)
      // A page's clock is coarse: what it rounds may add up to more than the whole.
      expect(phasesMs).toBeLessThanOrEqual(stepMs + 1)
      // Dispatch time is never passed off as the phase's.
      if (backend === 'webgl') {
        expect(events[forward]?.[backend]?.cpu_ms).toBeNull()
      }
    }
    const summary = readSummary(serve.session) as unknown as Report
    expect(summary.step_time.global.window.diagnosis_clock).toBe(
      backend === 'webgl' ? 'gpu' : 'cpu',
    )
    expect(summary.primary_diagnosis.status).not.toBe('NO DATA')
    expect(summary.telemetry).toMatchObject({
      steps_recorded: STEPS,
      steps_lost: 0,
      finished_ranks: [0],
    })
  },
  300_000,
)

type Fit = (options: object) => Promise<string>
type InWorker = (call: string, options: object) => Promise<string>

interface Report {
  readonly step_time: { readonly global: { readonly window: { readonly diagnosis_clock: string } } }
  readonly primary_diagnosis: { readonly status: string }
  readonly telemetry: object
}
