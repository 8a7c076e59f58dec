import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const CANDIDATES = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser']

/** Path of the browser of this machine, or null: such tests are then skipped. */
export const chromiumPath: string | null =
  CANDIDATES.find((path) => path !== undefined && existsSync(path)) ?? null

if (chromiumPath === null) {
  console.warn('no Chromium (set CHROMIUM_PATH): the tests of the page are skipped')
}

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? '', args: ARGS })
}

/** A page, and everything about it that should not be. */
export interface WatchedPage {
  readonly page: Page
  /** Messages of the console above `info`, errors, dialogs. */
  readonly complaints: string[]
  /** Addresses outside of the dashboard that the page asked for. */
  readonly foreign: string[]
}

/** Opens an address and waits until the page has drawn what its server sent. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  const foreign: string[] = []
  const { origin } = new URL(url)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    const address = new URL(request.url())
    if (address.origin !== origin && address.protocol !== 'data:') foreign.push(request.url())
  })
  await page.goto(url)
  await page.getByRole('heading', { name: 'Telemetry' }).waitFor()
  return { page, complaints, foreign }
}
