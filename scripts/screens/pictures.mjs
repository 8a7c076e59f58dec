import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)

/** A browser to take pictures with; the one of the system. */
export function openBrowser() {
  if (BROWSER === undefined)
    throw new Error('Pictures need Chromium; install the package chromium.')
  return chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

/** Saves the element `selector` of a page that is given as text. */
export async function savePicture(browser, html, { selector, path, scale = 2 }) {
  const page = await browser.newPage({
    deviceScaleFactor: scale,
    viewport: { width: 2200, height: 1400 },
  })
  await page.setContent(html)
  await page.locator(selector).screenshot({ path, omitBackground: true })
  await page.close()
}
