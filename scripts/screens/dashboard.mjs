// Pictures of the dashboard: a real training of eight ranks, looked at in a real browser.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../packages/traceml/dist/bin.js', import.meta.url))
const EIGHT_RANKS = fileURLToPath(new URL('./trainings/eight-ranks.mjs', import.meta.url))
/** Steps until the window is full, the verdict is sure and there is a past to look back to. */
const ENOUGH_STEPS = 260

const LAYERS = fileURLToPath(new URL('./trainings/layers.mjs', import.meta.url))

const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
const PICTURES = [
  { name: 'dashboard-light', viewport: { width: 1440, height: 1640 }, colorScheme: 'light' },
  { name: 'dashboard-dark', viewport: DESKTOP, colorScheme: 'dark' },
  {
    name: 'dashboard-rank',
    viewport: DESKTOP,
    colorScheme: 'light',
    fragment: '#rank=5&steps=all',
    at: '.detail',
    ready: '.detail .step-charts canvas',
  },
  { name: 'dashboard-phone', viewport: PHONE, colorScheme: 'light', isMobile: true },
]

const LAYER_PICTURES = [
  {
    name: 'dashboard-layers',
    viewport: { width: 1440, height: 780 },
    colorScheme: 'light',
    at: '#layers',
    ready: '.flame-block',
  },
]

const TRAININGS = [
  { command: 'run', name: 'eight-ranks', ranks: 8, script: EIGHT_RANKS, pictures: PICTURES },
  { command: 'deep', name: 'layers', ranks: 2, script: LAYERS, pictures: LAYER_PICTURES },
]

/** Starts a training; resolves with the address of its dashboard. */
function startTraining(cwd, { command, name, ranks, script }) {
  const options = ['--mode', 'dashboard', '--dashboard-port', '0', '--no-dashboard-auto-open']
  const names = ['--nproc-per-node', String(ranks), '--run-name', name, '--interval', '1']
  const child = spawn(process.execPath, [BIN, command, ...options, ...names, script], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const url = new Promise((resolve, reject) => {
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      const found = /Dashboard: (\S+)/.exec(text)
      if (found !== null) resolve(found[1])
    })
    child.once('exit', (code) => reject(new Error(`the training ended with ${code}: ${text}`)))
  })
  return { child, url, ended }
}

async function untilEnoughSteps(url) {
  for (;;) {
    const { progress } = await (await fetch(new URL('api/status.json', url))).json()
    if ((progress.steps_completed ?? 0) >= ENOUGH_STEPS) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function takePicture({ browser, images }, url, picture) {
  const { name, fragment = '', at, ready, ...context } = picture
  const page = await browser.newPage({
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
    ...context,
  })
  await page.goto(`${url}${fragment}`)
  await page.locator('.step-charts canvas').first().waitFor()
  await page.locator('.overview canvas').waitFor()
  if (at !== undefined) {
    await page.locator(ready).first().waitFor()
    await page.locator(at).scrollIntoViewIfNeeded()
    await page.evaluate((where) => document.querySelector(where)?.scrollIntoView(), at)
    await page.evaluate(() => scrollBy(0, -60))
  }
  await page.screenshot({ path: join(images, `${name}.png`) })
  process.stderr.write(`screens: ${name}\n`)
  await page.close()
}

/** Takes all of them into the folder `images`. */
export async function dashboardPictures(tools) {
  for (const training of TRAININGS) await takePictures(tools, training)
}

async function takePictures(tools, training) {
  const cwd = mkdtempSync(join(tmpdir(), 'traceml-screens-'))
  const { child, url: address, ended } = startTraining(cwd, training)
  try {
    const url = await address
    await untilEnoughSteps(url)
    for (const picture of training.pictures) await takePicture(tools, url, picture)
  } finally {
    child.kill('SIGINT')
    await ended
    rmSync(cwd, { recursive: true, force: true })
  }
}
