// The dashboard: what one more tick costs the process that serves it, and the browser that shows it.
import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createDashboard, serveDashboard } from '@traceml/display-web'
import { createLiveSourceFixture } from '@traceml/testing'
import { chromium } from 'playwright-core'
import { median, report } from './lib/report.mjs'

const TICKS = 15
const CHART_POINTS = 100_000
const BROWSER = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const PAGE = fileURLToPath(new URL('../packages/display-web/dist/page', import.meta.url))

/** Payloads of 64 ranks side by side, as those of a larger run. */
function widened(payload, times) {
  const copies = Array.from({ length: times }, (_, copy) => copy * payload.ranks.length)
  const ranks = copies.flatMap((first) =>
    payload.ranks.map((rank) => ({ ...rank, global_rank: first + rank.global_rank })),
  )
  return { ...payload, ranks }
}

/** A source whose payloads are made before they are needed. */
function preparedSource(name, times) {
  const fixture = createLiveSourceFixture(name)
  const payloads = Array.from({ length: TICKS + 3 }, () => {
    fixture.advance()
    return widened(fixture.payload(), times)
  })
  const listeners = new Set()
  let at = 0
  return {
    ...fixture,
    payload: () => payloads[at],
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    next() {
      at = (at + 1) % payloads.length
      for (const listener of listeners) listener(payloads[at])
    },
  }
}

/** Milliseconds on the server's thread from a payload to the text that all pages get. */
async function publishCost(name, times) {
  const source = preparedSource(name, times)
  const dashboard = createDashboard(source)
  const { body } = await dashboard.fetch(new Request('http://localhost/events'))
  const drained = body.pipeTo(new WritableStream()).catch(() => {})
  const costs = []
  for (let tick = 0; tick < TICKS; tick += 1) {
    const start = performance.now()
    source.next()
    costs.push(performance.now() - start)
    await new Promise((resolve) => setImmediate(resolve))
  }
  dashboard.close()
  await drained
  return median(costs)
}

/** A panel with a chart that moves on with every tick. */
const longChart = {
  apiVersion: 1,
  kind: 'renderer',
  id: 'bench/long',
  surface: 'html',
  title: 'Long',
  render: ({ seq }) => ({
    blocks: [
      {
        kind: 'series',
        x_label: 'step',
        x: Array.from({ length: CHART_POINTS }, (_, index) => seq + index),
        unit: 'ms',
        series: [
          {
            label: 'step',
            values: Array.from({ length: CHART_POINTS }, (_, index) => 80 + ((seq + index) % 97)),
          },
        ],
      },
    ],
  }),
}

/** Milliseconds of the browser's main thread for one tick, from the event to the drawn page. */
async function pageCost(panels) {
  const source = preparedSource('many_ranks', 4)
  const server = await serveDashboard(source, { port: 0, panels })
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(server.url)
  await page.locator('#ranks tbody tr').nth(255).waitFor({ state: 'attached' })
  await page.waitForTimeout(2_000)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const taskMs = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
  }
  const costs = []
  for (let tick = 0; tick < TICKS; tick += 1) {
    const before = await taskMs()
    source.next()
    await page.waitForTimeout(1_000)
    costs.push((await taskMs()) - before)
  }
  await browser.close()
  await server.stop()
  return median(costs)
}

const bytes = readdirSync(PAGE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .reduce(
    (sum, { parentPath, name }) => sum + gzipSync(readFileSync(`${parentPath}/${name}`)).length,
    0,
  )
report({ id: 'W1', quantity: 'page, all files, gzip', unit: 'kB', ours: bytes / 1000, aim: 60 })
for (const [ranks, name, times] of [
  [8, 'straggler', 1],
  [64, 'many_ranks', 1],
  [256, 'many_ranks', 4],
]) {
  await publishCost(name, times)
  report({
    id: 'W2',
    quantity: `payload to event, ${ranks} ranks`,
    unit: 'ms',
    ours: await publishCost(name, times),
    note: `median of ${TICKS}; the same for any number of pages`,
  })
}
report({
  id: 'W3',
  quantity: 'page, 256 ranks: main thread for one tick',
  unit: 'ms',
  ours: await pageCost([]),
  note: `median of ${TICKS}, with the second's own work; CPU drawing`,
})
report({
  id: 'W3',
  quantity: 'the same with a chart of 100k points that moves',
  unit: 'ms',
  ours: await pageCost([longChart]),
  note: `median of ${TICKS}`,
})
