// Takes the pictures of docs/images from real runs: `node scripts/screens.mjs [terminal] [dashboard]`. Needs a
// build, tmux and Chromium.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardPictures } from './screens/dashboard.mjs'
import { openBrowser } from './screens/pictures.mjs'
import { terminalPictures } from './screens/terminal.mjs'
import { root } from './setup.mjs'

const SETS = { terminal: terminalPictures, dashboard: dashboardPictures }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(SETS, name))
if (unknown.length > 0) {
  process.stderr.write(
    `There are no pictures "${unknown[0]}"; known: ${Object.keys(SETS).join(', ')}.\n`,
  )
  process.exit(2)
}

const images = join(root, 'docs', 'images')
mkdirSync(images, { recursive: true })
const browser = await openBrowser()
try {
  for (const [name, take] of Object.entries(SETS)) {
    if (wanted.length === 0 || wanted.includes(name)) await take({ browser, images })
  }
} finally {
  await browser.close()
}
