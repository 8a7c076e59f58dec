// Pictures of the terminal's view: real trainings in real terminals.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { savePicture } from './pictures.mjs'
import { terminalHtml } from './terminal-html.mjs'
import { openTerminal } from './tmux.mjs'

const BIN = fileURLToPath(new URL('../../packages/traceml/dist/bin.js', import.meta.url))
const ONE_RANK = `${fileURLToPath(new URL('../../examples/demo/train.mjs', import.meta.url))} --epochs 50`
const EIGHT_RANKS = fileURLToPath(new URL('./trainings/eight-ranks.mjs', import.meta.url))

const LAYERS = fileURLToPath(new URL('./trainings/layers.mjs', import.meta.url))

const PICTURES = [
  { name: 'terminal-1-rank-80x24', columns: 80, rows: 24, script: ONE_RANK },
  { name: 'terminal-1-rank-120x40', columns: 120, rows: 40, script: ONE_RANK },
  { name: 'terminal-8-ranks-80x24', columns: 80, rows: 24, script: EIGHT_RANKS, ranks: 8 },
  { name: 'terminal-8-ranks-120x40', columns: 120, rows: 40, script: EIGHT_RANKS, ranks: 8 },
  { name: 'terminal-8-ranks-200x60', columns: 200, rows: 60, script: EIGHT_RANKS, ranks: 8 },
  {
    name: 'terminal-rank-120x40',
    columns: 120,
    rows: 40,
    script: EIGHT_RANKS,
    ranks: 8,
    keys: ['5'],
    until: /Step time · rank 5/,
  },
  {
    name: 'terminal-layers-120x40',
    columns: 120,
    rows: 40,
    script: LAYERS,
    ranks: 2,
    command: 'deep',
    until: /Layers · costs/,
  },
]

/** Steps until the window is full and the verdict is sure. */
const ENOUGH_STEPS = 150

function isSettled(text) {
  const steps = Number(/^step ([\d,]+)/m.exec(text)?.[1]?.replaceAll(',', '') ?? 0)
  return steps >= ENOUGH_STEPS && /critical|warning|BALANCED|BOUND/.test(text)
}

async function takePicture({ browser, images }, picture) {
  const {
    name,
    columns,
    rows,
    script,
    ranks = 1,
    keys = [],
    until = /TraceML/,
    command = 'run',
  } = picture
  const cwd = mkdtempSync(join(tmpdir(), 'traceml-screens-'))
  const terminal = openTerminal({ columns, rows, cwd, env: { TERM: 'xterm-256color', CI: '' } })
  try {
    const several = ranks > 1 ? `--nproc-per-node ${ranks} ` : ''
    const runName = command === 'deep' ? 'layers' : ranks > 1 ? 'eight-ranks' : 'digits'
    terminal.type(
      `clear; node ${BIN} ${command} --mode cli --interval 1 ${several}--run-name ${runName} ${script}`,
    )
    terminal.press('Enter')
    await terminal.shows('a full window', isSettled)
    for (const key of keys) terminal.type(key)
    await terminal.shows('what is to be seen', (text) => until.test(text))
    const html = terminalHtml(terminal.colored(), {
      columns,
      rows,
      title: `traceml ${command} --mode cli ${several}train.ts`,
    })
    await savePicture(browser, html, {
      selector: '#window',
      path: join(images, `${name}.png`),
      scale: 1.5,
    })
    process.stderr.write(`screens: ${name}\n`)
    terminal.press('C-c')
    await terminal.shows('the report', (text) => /Written:|Ended:/.test(text))
  } finally {
    terminal.close()
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** Takes all of them into the folder `images`. */
export async function terminalPictures(tools) {
  for (const picture of PICTURES) await takePicture(tools, picture)
}
