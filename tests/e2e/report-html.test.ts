import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RankIdentity } from '@traceml/contracts'
import { generateSummary, layersSection, renderHtmlReport } from '@traceml/reporting'
import { openStore } from '@traceml/storage/better-sqlite3'
import { layerModelFixture, layerSampleFixture } from '@traceml/testing'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import { temporaryFolder } from './fixtures/cli/support.ts'

const VECTORS = new URL('../reporting/vectors/', import.meta.url)
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

if (NO_CHROMIUM !== null) {
  process.stderr.write(`The HTML report is not opened in a browser: ${NO_CHROMIUM}.\n`)
}

/** The report of a recorded history, as a run that ended this way would have written it. */
async function reportOf(name: string, ending: object = {}): Promise<object> {
  const path = new URL(`summary/${name}/telemetry`, VECTORS).pathname
  const store = openStore(path)
  try {
    const options = { store, windowRows: 10_000, runName: name, now: new Date(0) }
    return { ...(await generateSummary(options)), ...ending }
  } finally {
    await store.close()
  }
}

/** A summary as version 1.3 wrote it. */
function oldReport(): object {
  const { cases } = JSON.parse(readFileSync(new URL('compare.json', VECTORS), 'utf8')) as {
    cases: { name: string; lhs: object }[]
  }
  return cases.find(({ name }) => name === 'real_schema_1_3_vs_1_7')!.lhs
}

/** A report with a section that a plug-in registered. */
async function withForeignSection(): Promise<object> {
  const report = (await reportOf('cpu_single_compute_bound')) as Record<string, object>
  const card = `Disk\n${'wide '.repeat(60)}\n`
  return { ...report, extra_sections: { 'acme/disk_wait': { ...report['process'], card } } }
}

/** A report with the layers of a model whose paths nest, of two ranks. */
async function withLayers(): Promise<object> {
  const parts = ['query', 'key', 'value', 'output', 'up', 'down']
  const names = Array.from({ length: 12 }, (_, i) => parts.map((part) => `encoder.${i}.${part}`))
  const costs = Object.fromEntries(names.flat().map((name, i) => [name, 1 + (i % 5)]))
  const identity = (rank: number) => ({ ...unknownIdentity(rank), world_size: 3 })
  const ranks = [0, 1]
  const layers = layersSection.build(
    {
      window: {
        models: ranks.map((rank) => layerModelFixture(costs, { global_rank: rank })),
        samples: ranks.flatMap((rank) => [
          layerSampleFixture('forward_time', 8, costs, { global_rank: rank, phase_cpu_ms: 260 }),
          layerSampleFixture('backward_time', 8, costs, { global_rank: rank, phase_cpu_ms: 240 }),
        ]),
      },
      identities: ranks.map(identity),
      worldSize: 3,
    },
    { windowRows: 100 },
  )
  return { ...(await reportOf('cpu_single_compute_bound')), layers }
}

const unknownIdentity = (rank: number): RankIdentity => ({
  global_rank: rank,
  local_rank: null,
  node_rank: null,
  hostname: null,
  local_world_size: null,
  world_size: null,
})

const INTERRUPTED = {
  run: { status: 'interrupted', newest_step: 63, newest_sample_age_s: 2 },
  telemetry: {
    steps_recorded: 64,
    steps_lost: 12,
    notes: ['12 completed steps never reached the history: the numbers leave them out.'],
  },
}

const REPORTS: readonly (readonly [string, () => Promise<object> | object])[] = [
  ['one rank, interrupted', () => reportOf('gpu_single_input_bound', INTERRUPTED)],
  ['a late rank of four', () => reportOf('ddp4_input_straggler')],
  ['two nodes', () => reportOf('multi_node_2x2')],
  ['twelve nodes', () => reportOf('ties_12_nodes')],
  ['nothing to be had', () => reportOf('no_data')],
  ['compute bound', () => reportOf('cpu_single_compute_bound')],
  ['schema 1.3', oldReport],
  ['a section of somebody else', withForeignSection],
  ['layers of two ranks', withLayers],
]

interface Opened {
  readonly page: Page
  /** Requests but the one for the page itself. */
  readonly requests: readonly string[]
  /** What the browser complained about. */
  readonly messages: readonly string[]
}

async function open(
  browser: Browser,
  folder: string,
  document: object,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const path = join(folder, 'report.html')
  writeFileSync(path, renderHtmlReport(document))
  const page = await browser.newPage(options)
  const requests: string[] = []
  const messages: string[] = []
  const url = pathToFileURL(path).href
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url())
  })
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(error.message))
  page.on('dialog', (dialog) => messages.push(dialog.message()))
  await page.goto(url)
  return { page, requests, messages }
}

/** What axe finds, one line each. */
async function violations(page: Page): Promise<readonly string[]> {
  // As the page's own script would be refused by its policy, the browser runs it from outside.
  await page.evaluate(AXE)
  const results = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] })`,
  )) as AxeResults
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}

describe.skipIf(NO_CHROMIUM !== null)('the HTML report in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  })
  afterAll(() => browser.close())

  describe.each(REPORTS)('%s', (_name, make) => {
    test.each(['light', 'dark'] as const)(
      '%s: readable by everybody, at any width',
      async (scheme) => {
        using folder = temporaryFolder()
        const document = await make()
        const options = { colorScheme: scheme, viewport: { width: 1280, height: 900 } } as const
        const { page, requests, messages } = await open(browser, folder.path, document, options)
        await page.evaluate(
          `for (const each of document.querySelectorAll('details')) each.open = true`,
        )
        expect(await violations(page)).toEqual([])
        for (const width of [1280, 768, 390, 320]) {
          await page.setViewportSize({ width, height: 800 })
          const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
          expect(beyond, `columns beyond ${width}`).toBeLessThanOrEqual(0)
        }
        if (scheme === 'light') expect(await violations(page)).toEqual([])
        expect({ requests, messages }).toEqual({ requests: [], messages: [] })
        await page.close()
      },
    )
  })

  test('without scripts everything is there, and tables can be reached by keyboard', async () => {
    using folder = temporaryFolder()
    const document = await reportOf('ddp4_input_straggler')
    const { page } = await open(browser, folder.path, document, { javaScriptEnabled: false })
    await page.getByRole('heading', { name: 'INPUT STRAGGLER' }).waitFor()
    await page.getByText('What would it buy?').waitFor()
    const ranks = page.getByRole('region', { name: 'Step time by rank' })
    await ranks.focus()
    const marked = ranks.getByRole('row', { name: /r2.*slow input/ })
    expect(await marked.count()).toBe(1)
    await page.getByRole('img', { name: /^Rank r2: Input wait 78\.0 ms/ }).waitFor()
    await page.close()
  })

  test('on paper it is black on white, with what is folded on the screen', async () => {
    using folder = temporaryFolder()
    const { page } = await open(browser, folder.path, await reportOf('ddp4_input_straggler'), {
      colorScheme: 'dark',
    })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    )
    const folded = page.getByRole('region', { name: 'Step time: all numbers' })
    expect(await folded.isVisible()).toBe(true)
    expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 4).toString()).toBe('%PDF')
    await page.close()
  })

  test('names and sentences of others are text and nothing else', async () => {
    using folder = temporaryFolder()
    const attack = '</title><script>document.title="owned"</script><img src=x onerror=alert(1)>'
    const report = (await reportOf('multi_node_2x2')) as Record<string, object>
    const text = JSON.stringify({ ...report, meta: { ...report['meta'], run_name: attack } })
    const document = JSON.parse(
      text.replaceAll('host-1', JSON.stringify(attack).slice(1, -1)),
    ) as object
    const { page, requests, messages } = await open(browser, folder.path, document)
    expect(await page.title()).toBe(`${attack}: TraceML report`)
    expect(await page.locator('script, img, iframe, a').count()).toBe(0)
    expect(await page.getByText('<img src=x onerror=alert(1)>').count()).toBeGreaterThan(0)
    expect({ requests, messages }).toEqual({ requests: [], messages: [] })
    await page.close()
  })
})
