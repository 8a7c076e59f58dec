// `traceml compare` on two summary files, as whole processes beside a bare one.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { measureProcess } from './lib/process-stats.mjs'
import { median, report } from './lib/report.mjs'

const BIN = fileURLToPath(new URL('../packages/traceml/dist/bin.js', import.meta.url))
const VECTORS = fileURLToPath(new URL('../tests/reporting/vectors/compare.json', import.meta.url))
const RUNS = 21
/** What the existing implementation takes on the machine of the figures. */
const AIM_MS = 84

/** A summary as runs of this version leave it: with the course of the step time. */
function withSeries(summary, factor) {
  const copy = structuredClone(summary)
  const level = factor * copy.step_time.global.average.step_time_ms
  const typical = Array.from({ length: 100 }, (_, i) => level * (1 + 0.05 * Math.sin(i * 2.4)))
  copy.step_time.global.window.steps_analyzed = 1000
  copy.step_time.details = {
    series: { axis: 'step', at: [], lines: { step_time_ms: { typical } } },
  }
  return copy
}

const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8').replaceAll('NaN', 'null'))
const { lhs, rhs } = cases.find(({ name }) => name === 'real_input_bound_vs_no_clear')
for (const [name, summary] of [
  ['a', withSeries(lhs, 1)],
  ['b', withSeries(rhs, 1.05)],
]) {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'final_summary.json'), JSON.stringify(summary, null, 2))
}

const node = (args) => measureProcess(process.execPath, args, { cwd: folder })
const commands = {
  compare: [BIN, 'compare', 'a/final_summary.json', 'b/final_summary.json'],
  'compare --format json': [BIN, 'compare', 'a', 'b', '--format', 'json'],
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
