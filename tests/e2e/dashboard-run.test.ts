import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { LiveLogs, LivePayload } from '@traceml/contracts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import {
  fixture,
  type RunningCommand,
  readManifest,
  startTraceml,
  temporaryFolder,
  traceml,
} from './fixtures/cli/support.ts'
import { openPage } from './fixtures/open-page.ts'

const LOOP = fixture('traced-loop.mjs')
const DASHBOARD = ['--dashboard-port', '0', '--no-dashboard-auto-open', '--interval', '0.5']
const SOON = { timeout: 60_000 }

/** The address that a command prints. */
async function addressOf(command: RunningCommand): Promise<string> {
  let text = ''
  command.child.stderr?.on('data', (chunk: string) => {
    text += chunk
  })
  await command.printed('From another machine: ssh -L ')
  await expect.poll(() => text).toMatch(/Dashboard: \S+\n/)
  return /Dashboard: (\S+)/.exec(text)?.[1] ?? ''
}

async function payloadOf(address: string): Promise<LivePayload> {
  return (await (await fetch(new URL('api/live.json', address))).json()) as LivePayload
}

function startRun(cwd: string, ...rest: readonly string[]): RunningCommand {
  const name = ['--run-name', 'live', '--nproc-per-node', '2']
  return startTraceml(['run', '--mode', 'dashboard', ...DASHBOARD, ...name, LOOP, ...rest], { cwd })
}

test('a run is served while it lasts, and traceml open finds it there', async () => {
  using folder = temporaryFolder()
  const run = startRun(folder.path, '--steps', '100000', '--step-ms', '10')
  const address = await addressOf(run)
  await expect
    .poll(async () => (await payloadOf(address)).progress.steps_completed ?? 0, SOON)
    .toBeGreaterThan(20)
  const payload = await payloadOf(address)
  expect(payload.ranks.map(({ global_rank }) => global_rank)).toEqual([0, 1])
  expect(payload.run.status).toBe('running')
  await expect
    .poll(async () => {
      const logs = await fetch(new URL('api/logs.json', address))
      return ((await logs.json()) as LiveLogs).lines.map(({ text }) => text)
    }, SOON)
    .toContain('first step done')
  const metrics = await (await fetch(new URL('metrics', address))).text()
  expect(metrics).toMatch(/^# HELP traceml_/m)

  const note = join(folder.path, 'logs', 'live', 'control', 'dashboard.json')
  expect(statSync(note).mode & 0o077).toBe(0)
  expect(JSON.parse(readFileSync(note, 'utf8')).url).toBe(address)
  const opened = await traceml(['open', 'live'], { cwd: folder.path })
  expect([opened.code, opened.stdout]).toEqual([0, `${address}\n`])

  run.child.kill('SIGINT')
  const end = await run.end
  expect(end.stderr).toContain('final_summary.json')
  expect(existsSync(note)).toBe(false)
  await expect(fetch(address)).rejects.toThrow()
})

test('a taken port is no trouble, and an impossible address costs one sentence', async () => {
  using folder = temporaryFolder()
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const { port } = stranger.address() as { readonly port: number }
  const taken = ['--dashboard-port', String(port), '--no-dashboard-auto-open']
  const run = await traceml(['run', '--mode', 'dashboard', ...taken, LOOP, '--steps', '200'], {
    cwd: folder.path,
  })
  stranger.close()
  expect(run.code).toBe(0)
  expect(run.stderr).toMatch(/Dashboard: http:\/\/127\.0\.0\.1:\d+\//)
  expect(run.stderr).not.toContain(`127.0.0.1:${port}/`)

  const wrong = ['--dashboard-host', '192.0.2.1', '--no-dashboard-auto-open']
  const without = await traceml(['run', '--mode', 'dashboard', ...wrong, LOOP, '--steps', '200'], {
    cwd: folder.path,
  })
  expect(without.code).toBe(0)
  expect(without.stderr.match(/There is no dashboard, the run goes on without it/g)).toHaveLength(1)
  expect(without.stderr).toContain('final_summary.json')
})

test('other machines need the token, which is in the printed address', async () => {
  using folder = temporaryFolder()
  const args = ['--mode', 'dashboard', '--dashboard-host', '0.0.0.0', '--dashboard-port', '0']
  const run = startTraceml(
    ['run', '--run-name', 'shared', ...args, LOOP, '--steps', '100000', '--step-ms', '10'],
    { cwd: folder.path },
  )
  let text = ''
  run.child.stderr?.on('data', (chunk: string) => {
    text += chunk
  })
  await expect.poll(() => text, SOON).toMatch(/Dashboard: http:\S+\?token=[\w-]{24}\n/)
  const [, port, token] = /:(\d+)\/\?token=([\w-]+)/.exec(text) ?? []
  const status = `http://127.0.0.1:${port}/api/status.json`
  expect((await fetch(status)).status).toBe(401)
  expect((await fetch(`${status}?token=wrong`)).status).toBe(401)
  expect((await fetch(status, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  const manifest = readManifest(join(folder.path, 'logs', 'shared'))
  expect(JSON.stringify(manifest)).not.toContain(token)
  run.child.kill('SIGINT')
  await run.end
})

describe.skipIf(NO_CHROMIUM !== null)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  })
  afterAll(() => browser.close())

  test('the page follows a real run to its end, and keeps it', async () => {
    using folder = temporaryFolder()
    const run = startRun(folder.path, '--steps', '100000', '--step-ms', '10')
    const address = await addressOf(run)
    const { page, complaints, foreign } = await openPage(browser, address)
    const step = page.locator('.progress dd').first()
    const stepNow = async (): Promise<number> =>
      Number((await step.textContent())?.replace(/\D/g, '') || 0)
    await expect.poll(stepNow, SOON).toBeGreaterThan(10)
    const first = await stepNow()
    await expect.poll(stepNow, SOON).toBeGreaterThan(first)
    expect(await page.locator('#ranks tbody tr').count()).toBe(2)
    await page.locator('.log').getByText('first step done').first().waitFor()
    run.child.kill('SIGINT')
    await run.end
    await page.getByText('The run was interrupted.').waitFor()
    await page.getByText(/final_summary\.txt$/).waitFor()
    expect(await stepNow()).toBeGreaterThan(first)
    expect(foreign).toEqual([])
    expect(complaints.filter((text) => !text.includes('ERR_'))).toEqual([])
  })

  test('serve --dashboard shows a training that was started elsewhere', async () => {
    using folder = temporaryFolder()
    const serve = startTraceml(
      ['serve', '--dashboard', ...DASHBOARD, '--aggregator-port', '0', '--run-name', 'served'],
      { cwd: folder.path },
    )
    const address = await addressOf(serve)
    const { page } = await openPage(browser, address)
    await page
      .getByText(/waiting/i)
      .first()
      .waitFor()
    serve.child.kill('SIGTERM')
    await serve.end
    await expect
      .poll(() => page.locator('header .chip').first().textContent(), SOON)
      .toMatch(/ended/)
  })
})
