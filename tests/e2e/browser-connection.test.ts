import { get } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveRun } from './browser-support/serve.ts'
import { type Site, serveSite } from './browser-support/site.ts'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import { queryHistory, readSummary, temporaryFolder, waitFor } from './fixtures/cli/support.ts'

const PATIENCE_MS = 120_000

let site: Site
let browser: Browser
beforeAll(async () => {
  if (NO_CHROMIUM !== null) return
  site = await serveSite()
  browser = await openChromium()
}, PATIENCE_MS)
afterAll(async () => {
  await browser?.close()
  await site?.[Symbol.asyncDispose]()
})

interface Training {
  train(options: object): Promise<string>
  progress(): number
  stop(): void
}

/** Opens the page and begins a training that goes on until it is stopped; collects what it says. */
async function startTraining(url: string, origin: string = site.url): Promise<Opened> {
  const page = await browser.newPage()
  const lines: string[] = []
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.text().startsWith('[traceml]')) lines.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(origin)
  await page.evaluate((given) => {
    const { training } = globalThis as unknown as { training: Training }
    Object.assign(globalThis, { ended: training.train({ url: given, backend: 'cpu' }) })
  }, url)
  return { page, lines, errors }
}

interface Opened {
  readonly page: Page
  readonly lines: readonly string[]
  readonly errors: readonly string[]
}

/** Stops the training and resolves with its steps when it has said that it is finished. */
function stopTraining(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { training, ended } = globalThis as unknown as {
      training: Training
      ended: Promise<unknown>
    }
    training.stop()
    await ended
    return training.progress()
  })
}

async function untilSteps(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => (globalThis as unknown as { training: Training }).training.progress() >= wanted,
    count,
    { timeout: PATIENCE_MS, polling: 50 },
  )
}

function storedSteps(session: string): readonly number[] {
  const rows = queryHistory<{ step: number }>(
    session,
    'SELECT DISTINCT step FROM step_time_samples ORDER BY step',
  )
  return rows.map(({ step }) => step)
}

test.skipIf(NO_CHROMIUM !== null)(
  'a wrong token: one line in the console, and the training goes on',
  async () => {
    using folder = temporaryFolder()
    await using serve = await serveRun(folder.path, 'token')
    const { page, lines, errors } = await startTraining(
      serve.url.replace(/token=\w{8}/, 'token=00000000'),
    )
    await waitFor('the page was told', () => lines.length > 0, PATIENCE_MS)
    await untilSteps(page, 20)
    expect(await stopTraining(page)).toBeGreaterThanOrEqual(20)
    expect(lines).toEqual([
      expect.stringMatching(
        /takes nothing from this training \(the token in the address is missing or wrong\)/,
      ),
    ])
    expect(errors).toEqual([])
    expect(serve.said()).toContain('Refused a page: the token in the address is missing or wrong')
    serve.command.child.kill('SIGINT')
    await serve.command.end
    expect(storedSteps(serve.session)).toEqual([])
  },
  2 * PATIENCE_MS,
)

test.skipIf(NO_CHROMIUM !== null)(
  'a page of another site is refused, unless its origin is allowed',
  async () => {
    using folder = temporaryFolder()
    // Another site for the browser, though it leads to the same machine.
    const foreign = site.url.replace('127.0.0.1', 'training.example')
    await using serve = await serveRun(folder.path, 'origin')
    await using resolving = await openChromium('none', [
      '--host-resolver-rules=MAP training.example 127.0.0.1',
    ])
    const page = await resolving.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    await page.goto(foreign)
    await page.evaluate((url) => {
      const { training } = globalThis as unknown as { training: Training }
      Object.assign(globalThis, { ended: training.train({ url, backend: 'cpu' }) })
    }, serve.url)
    await waitFor(
      'it is refused',
      () => serve.said().includes('Refused a page of http://training.example'),
      PATIENCE_MS,
    )
    await waitFor(
      'the page says so',
      () => said.some((line) => line.startsWith('[traceml]')),
      PATIENCE_MS,
    )
    expect(said.filter((line) => line.startsWith('[traceml]'))).toEqual([
      expect.stringContaining('cannot be reached'),
    ])
    await page.close()

    await using allowed = await serveRun(folder.path, 'allowed', [
      '--allow-origin',
      new URL(foreign).origin,
    ])
    const second = await resolving.newPage()
    await second.goto(foreign)
    await second.evaluate((url) => {
      const { training } = globalThis as unknown as { training: Training }
      return training.train({ url, backend: 'cpu', steps: 5 })
    }, allowed.url)
    allowed.command.child.kill('SIGINT')
    expect((await allowed.command.end).code).toBe(0)
    expect(storedSteps(allowed.session)).toEqual([1, 2, 3, 4, 5])
  },
  2 * PATIENCE_MS,
)

test.skipIf(NO_CHROMIUM !== null)(
  'a server that is killed and started again gets what it has not acknowledged',
  async () => {
    using folder = temporaryFolder()
    const token = ['--token', 'a-token-that-stays']
    await using first = await serveRun(folder.path, 'first', token)
    const { page, lines, errors } = await startTraining(first.url)
    await waitFor('the first server has stored steps', () => isThere(first.session), PATIENCE_MS)
    first.command.child.kill('SIGKILL')
    await first.command.end
    const before = storedSteps(first.session)
    await untilSteps(page, (before.at(-1) ?? 0) + 40)
    const port = ['--websocket-port', new URL(first.url).port]
    await using second = await serveRun(folder.path, 'second', [
      ...token,
      ...port,
      '--exit-when-finished',
    ])
    await waitFor('the second server has stored steps', () => isThere(second.session), PATIENCE_MS)
    const steps = await stopTraining(page)
    const end = await second.command.end
    expect(end.code, end.stderr).toBe(0)
    const stored = new Set([...before, ...storedSteps(second.session)])
    expect([...stored].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: steps }, (_, at) => at + 1),
    )
    expect(readSummary(second.session).telemetry).toMatchObject({
      steps_lost: 0,
      finished_ranks: [0],
    })
    expect(lines.length).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
  },
  3 * PATIENCE_MS,
)

test.skipIf(NO_CHROMIUM !== null)(
  'a page that is loaded again is another run: the server says so instead of mixing them',
  async () => {
    using folder = temporaryFolder()
    await using serve = await serveRun(folder.path, 'again')
    const first = await startTraining(serve.url)
    await waitFor('steps are stored', () => isThere(serve.session), PATIENCE_MS)
    // Leaving the page is the end of its training.
    await first.page.close({ runBeforeUnload: false })
    const stored = storedSteps(serve.session).length
    const second = await startTraining(serve.url)
    await waitFor('the second page was told', () => second.lines.length > 0, PATIENCE_MS)
    expect(second.lines[0]).toContain('it has the run of another page or an earlier load')
    await second.page.close()
    serve.command.child.kill('SIGINT')
    const end = await serve.command.end
    expect(end.code, end.stderr).toBe(0)
    expect(storedSteps(serve.session).length).toBeGreaterThanOrEqual(stored)
  },
  2 * PATIENCE_MS,
)

test(
  'whoever asks without a WebSocket gets a sentence',
  async () => {
    using folder = temporaryFolder()
    await using serve = await serveRun(folder.path, 'plain')
    const { port } = new URL(serve.url)
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      get(`http://127.0.0.1:${port}/`, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      }).on('error', reject)
    })
    expect(answer).toEqual({
      status: 426,
      text: 'This port takes the telemetry of trainings in a browser, over a WebSocket: give its address to init() of @traceml/runtime/browser.\n',
    })
  },
  PATIENCE_MS,
)

function isThere(session: string): boolean {
  try {
    return storedSteps(session).length > 0
  } catch {
    return false
  }
}
