// `traceml compare` on two summary files, as whole processes beside a bare one.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { measureProcess } from './lib/process-stats.mjs'
import { median, report } from './lib/report.mjs'

const BIN = fileURLToPath(new URL('../packages/traceml/dist/bin.js', import.meta.url))
/** Real summaries, with the course of their step time. */
const RUNS_FOLDER = fileURLToPath(new URL('../examples/ci-gate/runs', import.meta.url))
const RUNS = 21
/** What the existing implementation takes on the machine of the figures. */
const AIM_MS = 84

const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
for (const name of ['baseline', 'slower']) {
  copyFileSync(join(RUNS_FOLDER, name, 'final_summary.json'), join(folder, `${name}.json`))
}

const node = (args) => measureProcess(process.execPath, args, { cwd: folder })
const commands = {
  compare: [BIN, 'compare', 'baseline.json', 'slower.json'],
  'compare --format json': [BIN, 'compare', 'baseline.json', 'slower.json', '--format', 'json'],
}
for (const [name, args] of Object.entries(commands)) {
  const pairs = []
  for (let index = 0; index <= RUNS; index += 1) {
    pairs.push({ ours: await node(args), bare: await node(['-e', '0']) })
  }
  pairs.shift()
  const ours = median(pairs.map((pair) => pair.ours.wallMs))
  const bare = median(pairs.map((pair) => pair.bare.wallMs))
  const added = median(pairs.map((pair) => pair.ours.wallMs - pair.bare.wallMs))
  const cpu = median(pairs.map((pair) => pair.ours.cpuMs - pair.bare.cpuMs))
  report({
    id: 'D25',
    quantity: `traceml ${name} of summary files`,
    unit: 'ms',
    ours,
    limit: bare,
    aim: AIM_MS,
    note: `median of ${RUNS} pairs; node -e 0: ${bare.toFixed(0)} ms, added: ${added.toFixed(0)} ms wall, ${cpu.toFixed(0)} ms CPU`,
  })
}
rmSync(folder, { recursive: true })
