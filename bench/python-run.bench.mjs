// A whole run of a PyTorch training of one second, from outside, beside plain Python in turn.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { measureProcess } from './lib/process-stats.mjs'
import { median, report } from './lib/report.mjs'

const BIN = fileURLToPath(new URL('../packages/traceml/dist/bin.js', import.meta.url))
const SCRIPT = fileURLToPath(new URL('./lib/one-second-training.py', import.meta.url))
const PYTHON = fileURLToPath(new URL('../.venv-test/bin/python', import.meta.url))
const RUNS = 9

if (existsSync(PYTHON)) await measure()
else process.stderr.write('Skipped: no environment with PyTorch; see npm run setup:python.\n')

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const options = { cwd: folder }
  const pairs = []
  // One of each as a warm-up.
  for (let index = 0; index <= RUNS; index += 1) {
    const args = [BIN, 'run', '--logs-dir', folder, '--python', PYTHON, SCRIPT]
    pairs.push({
      plain: await measureProcess(PYTHON, [SCRIPT], options),
      ours: await measureProcess(process.execPath, args, options),
    })
  }
  rmSync(folder, { recursive: true })
  const measured = pairs.slice(1)
  const of = (read) => median(measured.map(read))
  const fastest = (read) => Math.min(...measured.map(read)) / 1000
  report({
    id: 'P4',
    quantity: 'traceml run of a 1 s PyTorch training with report: wall added',
    unit: 's',
    ours: of(({ ours, plain }) => ours.wallMs - plain.wallMs) / 1000,
    aim: 0.6,
    note: `median of ${RUNS} pairs; plain Python ${(of(({ plain }) => plain.wallMs) / 1000).toFixed(2)} s, ours ${(of(({ ours }) => ours.wallMs) / 1000).toFixed(2)} s; fastest ${fastest(({ plain }) => plain.wallMs).toFixed(2)} and ${fastest(({ ours }) => ours.wallMs).toFixed(2)} s`,
  })
  report({
    id: 'P4',
    quantity: 'the same: CPU added, all processes',
    unit: 's',
    ours: of(({ ours, plain }) => ours.cpuMs - plain.cpuMs) / 1000,
    note: 'launcher, aggregator and client',
  })
}
