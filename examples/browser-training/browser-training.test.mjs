import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { serveSite } from './site.mjs'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const TRACEML = fileURLToPath(import.meta.resolve('traceml/bin'))
const SOFTWARE_GPU = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
const folder = mkdtempSync(join(tmpdir(), 'traceml-example-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a server for one run; resolves with the address that it prints. */
function startServer(runName) {
  const flags = ['--aggregator-port', '0', '--websocket-port', '0', '--exit-when-finished']
  const child = spawn(process.execPath, [TRACEML, 'serve', '--run-name', runName, ...flags], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  const ended = new Promise((resolve) => child.once('close', (code) => resolve({ code, text })))
  const url = new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      const found = /init\(\{ url: '(\S+)' \}\)/.exec(text)
      if (found !== null) resolve(found[1])
    })
    child.once('close', () => reject(new Error(text)))
  })
  return { child, url, ended }
}

const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}`
for (const [place, backend] of [
  ['page', 'webgl'],
  ['worker', 'cpu'],
]) {
  test(`a ${place} that trains on ${backend} gets its report`, {
    skip,
    timeout: 240_000,
  }, async () => {
    const run = startServer(`${place}-${backend}`)
    const { server, url } = await serveSite(0)
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-background-networking', ...SOFTWARE_GPU],
    })
    try {
      const page = await browser.newPage()
      await page.goto(`${url}?traceml=${encodeURIComponent(await run.url)}`)
      await page.selectOption('[name=backend]', backend)
      await page.selectOption('[name=place]', place)
      await page.fill('[name=epochs]', '2')
      await page.click('[name=start]')
      await page.getByText(`done on ${backend}`).waitFor({ timeout: 200_000 })
      const { code, text } = await run.ended
      assert.equal(code, 0, text)
    } finally {
      run.child.kill()
      await browser.close()
      server.close()
    }
    const summary = JSON.parse(
      readFileSync(join(folder, 'logs', `${place}-${backend}`, 'final_summary.json'), 'utf8'),
    )
    assert.equal(summary.telemetry.steps_recorded, 32)
    assert.equal(summary.telemetry.steps_lost, 0)
    const { diagnosis_clock: clock } = summary.step_time.global.window
    assert.equal(clock, backend === 'webgl' ? 'gpu' : 'cpu')
    const { forward_ms, backward_ms, optimizer_ms } = summary.step_time.global.average
    for (const ms of [forward_ms, backward_ms, optimizer_ms]) assert.ok(ms > 0, String(ms))
    assert.notEqual(summary.primary_diagnosis.status, 'NO DATA')
  })
}
