// `traceml view`, `traceml view --html` and `traceml ls`, as whole processes beside a bare one.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { generateSummary } from '@traceml/reporting'
import { writeSummaryFiles } from '@traceml/reporting/node'
import { openStore } from '@traceml/storage/better-sqlite3'
import { measureProcess } from './lib/process-stats.mjs'
import { median, report } from './lib/report.mjs'

const BIN = fileURLToPath(new URL('../packages/traceml/dist/bin.js', import.meta.url))
const VECTOR = fileURLToPath(
  new URL('../tests/reporting/vectors/summary/multi_node_2x2', import.meta.url),
)
const RUNS = 21
const SESSIONS = 200
/** What the existing implementation takes to view on the machine of the figures. */
const AIM_MS = 84

const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
const first = join(folder, 'logs', 'run-0')
const history = join(folder, 'telemetry')
cpSync(join(VECTOR, 'telemetry'), history)
const store = openStore(history)
const summary = await generateSummary({
  store,
  windowRows: 10_000,
  runName: 'bench',
  now: new Date(),
})
await store.close()
await writeSummaryFiles(summary, first)
const manifest = readFileSync(join(VECTOR, 'manifest.json'), 'utf8')
writeFileSync(join(first, 'manifest.json'), manifest)
for (let index = 1; index < SESSIONS; index += 1) {
  cpSync(first, join(folder, 'logs', `run-${index}`), { recursive: true })
}

const node = (args) => measureProcess(process.execPath, args, { cwd: folder })
const commands = {
  'view of a session': { args: [BIN, 'view', 'logs/run-0'], aim: AIM_MS },
  'view --html of a session': { args: [BIN, 'view', 'logs/run-0', '--html', 'page.html'] },
  [`ls of ${SESSIONS} sessions`]: { args: [BIN, 'ls', 'logs'] },
}
for (const [name, { args, aim }] of Object.entries(commands)) {
  const pairs = []
  for (let index = 0; index <= RUNS; index += 1) {
    pairs.push({ ours: await node(args), bare: await node(['-e', '0']) })
  }
  pairs.shift()
  const of = (read) => median(pairs.map(read))
  const bare = of((pair) => pair.bare.wallMs)
  const added = of((pair) => pair.ours.wallMs - pair.bare.wallMs)
  report({
    id: 'D25',
    quantity: `traceml ${name}`,
    unit: 'ms',
    ours: of((pair) => pair.ours.wallMs),
    limit: bare,
    ...(aim === undefined ? {} : { aim }),
    note: `median of ${RUNS} pairs; node -e 0: ${bare.toFixed(0)} ms, added: ${added.toFixed(0)} ms wall`,
  })
}
rmSync(folder, { recursive: true })
