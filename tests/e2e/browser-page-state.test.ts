import { get } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveRun } from './browser-support/serve.ts'
import { type Site, serveSite } from './browser-support/site.ts'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import {
  addressOf,
  queryHistory,
  readSummary,
  temporaryFolder,
  waitFor,
} from './fixtures/cli/support.ts'

const PATIENCE_MS = 120_000
/** As long as a hidden page must stand still to be told from one that is slow. */
const HIDDEN_MS = 5_000

let site: Site
beforeAll(async () => {
  if (NO_CHROMIUM === null) site = await serveSite()
}, PATIENCE_MS)
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
})

function stepsOf(session: string): number {
  try {
    const rows = queryHistory<{ steps: number }>(
      session,
      'SELECT count(*) AS steps FROM step_time_samples',
    )
    return rows[0]?.steps ?? 0
  } catch {
    return 0
  }
}

interface Live {
  readonly ranks: readonly { readonly freshness: { readonly reason: string | null } }[]
}

/** The reason that the live views give for the state of the only rank. */
function liveReason(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(new URL('./api/live.json', address), (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const payload = JSON.parse(text) as Live
        resolve(payload.ranks[0]?.freshness.reason ?? '')
      })
    }).on('error', reject)
  })
}

async function untilReason(address: string, part: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const reason = await liveReason(address)
    if (reason.includes(part)) return
    if (performance.now() > end) throw new Error(`no "${part}" in: ${reason}`)
    await new Promise((next) => setTimeout(next, 100))
  }
}

test.skipIf(NO_CHROMIUM !== null)(
  'a hidden page is named while it is hidden, and in the report',
  async () => {
    using folder = temporaryFolder()
    const dashboard = ['--dashboard', '--dashboard-port', '0', '--no-dashboard-auto-open']
    await using serve = await serveRun(folder.path, 'hidden', [
      ...dashboard,
      '--interval',
      '0.5',
      '--exit-when-finished',
    ])
    const address = await addressOf(serve.command)
    await using browser = await openChromium()
    // A tab of the browser's own: those of the test library believe that they are always shown.
    const session = await browser.newBrowserCDPSession()
    const options = JSON.stringify({ url: serve.url, backend: 'cpu', frames: true })
    const { targetId } = await session.send('Target.createTarget', {
      url: `${site.url}?options=${encodeURIComponent(options)}`,
    })
    await waitFor('steps are stored', () => stepsOf(serve.session) >= 20, PATIENCE_MS)
    const hiddenAt = performance.now()
    const other = await session.send('Target.createTarget', { url: 'about:blank' })
    await session.send('Target.activateTarget', { targetId: other.targetId })
    await untilReason(address, 'its page is hidden since step')
    await waitFor('it was hidden for long', () => performance.now() - hiddenAt > HIDDEN_MS)
    const before = stepsOf(serve.session)
    await session.send('Target.activateTarget', { targetId })
    await waitFor('it goes on', () => stepsOf(serve.session) >= before + 5, PATIENCE_MS)
    // Closing the tab ends the training, and with it the run.
    await session.send('Target.closeTarget', { targetId })
    const end = await serve.command.end
    expect(end.code, end.stderr).toBe(0)
    const summary = JSON.stringify(readSummary(serve.session))
    expect(summary).toContain('BACKGROUND_TAB')
    expect(summary).toMatch(/The page was hidden for [^"]* stood still/)
  },
  3 * PATIENCE_MS,
)

interface Training {
  train(options: object): Promise<string>
  loseContext(): void
}

test.skipIf(NO_CHROMIUM !== null)(
  'a lost context is named at once, and in the report',
  async () => {
    using folder = temporaryFolder()
    const dashboard = ['--dashboard', '--dashboard-port', '0', '--no-dashboard-auto-open']
    await using serve = await serveRun(folder.path, 'lost', [...dashboard, '--interval', '0.5'])
    const address = await addressOf(serve.command)
    await using browser = await openChromium('software')
    const page = await browser.newPage()
    await page.goto(site.url)
    await page.evaluate((url) => {
      const { training } = globalThis as unknown as { training: Training }
      // What the library does without its context is its own affair.
      training.train({ url, backend: 'webgl' }).catch(() => {})
    }, serve.url)
    await waitFor('steps are stored', () => stepsOf(serve.session) >= 10, PATIENCE_MS)
    await page.evaluate(() =>
      (globalThis as unknown as { training: Training }).training.loseContext(),
    )
    await untilReason(address, 'the browser took its GPU context away after step')
    serve.command.child.kill('SIGINT')
    const end = await serve.command.end
    expect(end.code, end.stderr).toBe(0)
    expect(JSON.stringify(readSummary(serve.session))).toContain('CONTEXT_LOST')
  },
  3 * PATIENCE_MS,
)
