// Records real runs in turn (A, B, A, B, …) as step times, for the evaluation of the verdict:
//   node tests/reporting/compare/evaluation/record.mjs TRAINING RUNS STEPS FACTOR OUT.json
// B does FACTOR times the work of A. Needs a build.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyzeStepTime } from '@traceml/analysis'
import { openStore } from '@traceml/storage/better-sqlite3'

const [training, runs, steps, factor, out] = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const bin = here('../../../../packages/traceml/dist/bin.js')
const folder = mkdtempSync(join(tmpdir(), 'traceml-record-'))

async function record(work) {
  const args = ['run', '--logs-dir', folder, '--run-name', 'run', here(`./${training}.mjs`), steps]
  execFileSync(process.execPath, [bin, ...args, String(work)], { stdio: 'ignore' })
  const store = openStore(join(folder, 'run', 'aggregator', 'telemetry'))
  const window = analyzeStepTime(await store.readStepTime({ windowSize: 100_000 }))
  await store.close()
  rmSync(join(folder, 'run'), { recursive: true })
  return Array.from(window.rankFacts[0].column('stepTimeCpuMs'), (ms) => Number(ms.toPrecision(4)))
}

const recorded = { training, factor: Number(factor), a: [], b: [] }
for (let run = 0; run < Number(runs); run += 1) {
  recorded.a.push(await record(1))
  recorded.b.push(await record(factor))
  process.stderr.write('.')
  writeFileSync(out, JSON.stringify(recorded))
}
rmSync(folder, { recursive: true })
