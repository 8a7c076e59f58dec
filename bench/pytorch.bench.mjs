// What the client for PyTorch costs a training step of a small model, beside plain Python.
//
// Two methods. Hooks put in and taken off in turn within one process: the cost of the hooks, where
// everything else is equal. Processes of their own in turn, plain, with our client and with the
// released one: what a run pays, its threads and its sending included.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { pythonClient } from '@traceml/pytorch'
import { median, quantile, report } from './lib/report.mjs'
import { startSink } from './lib/telemetry-sink.mjs'

const PYTHON =
  process.env.TRACEML_TEST_PYTHON ??
  fileURLToPath(new URL('../.venv-test/bin/python', import.meta.url))
const SCRIPT = fileURLToPath(new URL('lib/pytorch-steps.py', import.meta.url))
const PAIRS = 25
const ROUNDS = 3
const EPOCHS = 10
/** Steps of the first epoch, which warms up, and of those that are timed. */
const STEPS = (EPOCHS + 1) * 500

if (existsSync(PYTHON)) await measure()
else process.stderr.write('Skipped: no environment with PyTorch; see npm run setup:python.\n')

async function measure() {
  const sink = await startSink()
  const ours = {
    PYTHONPATH: pythonClient().sitePath,
    TRACEML_AGGREGATOR_PORT: String(sink.port),
    TRACEML_SESSION_ID: 'bench',
    TRACEML_LOGS_DIR: '/nonexistent',
  }
  publishBlocks(await steps('blocks', PAIRS, ours))

  const found = { plain: [], ours: [], theirs: [] }
  let lost = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    found.plain.push(await steps('plain', EPOCHS, {}))
    await sink.counts()
    found.ours.push(await steps('hooked', EPOCHS, ours))
    lost += STEPS - (await sink.counts()).steps
    const their = { ...ours, PYTHONPATH: '' }
    const times = await steps('theirs', EPOCHS, their).catch(() => null)
    if (times !== null) found.theirs.push(times)
  }
  sink.stop()
  publishProcesses(found, lost)
}

function publishBlocks({ plain, added, times }) {
  const cost = median(added)
  const spread = median(added.map((value) => Math.abs(value - cost)))
  const [without, with_] = times.map((list) => quantile(list, 0.999) / 1000)
  report({
    id: 'P1',
    quantity: 'PyTorch hooks on a step of a small model',
    unit: 'us',
    ours: cost,
    aim: 20,
    note: `added to ${median(plain).toFixed(0)} us; median of ${PAIRS} pairs of epochs, spread ${spread.toFixed(1)} us`,
  })
  report({
    id: 'P2',
    quantity: 'PyTorch hooks, what they add to the 99.9th percentile',
    unit: 'ms',
    ours: with_ - without,
    aim: 0.5,
    note: `${with_.toFixed(2)} ms with, ${without.toFixed(2)} ms without, alternating in one process`,
  })
}

function publishProcesses({ plain, ours, theirs }, lost) {
  const added = (runs) =>
    median(runs.map((times, round) => median(times) - median(plain[round] ?? [])))
  report({
    id: 'P3',
    quantity: 'PyTorch client, a process of its own',
    unit: 'us',
    ours: added(ours),
    aim: 20,
    ...(theirs.length > 0 ? { limit: added(theirs) } : {}),
    note: `added to the median step of ${median(plain.map(median)).toFixed(0)} us, ${ROUNDS} rounds; limit: the released client, its guide's way`,
  })
  report({
    id: 'P5',
    quantity: 'PyTorch client, steps lost at full speed',
    unit: 'steps',
    ours: lost,
    aim: 0,
    note: `of ${ROUNDS * STEPS}, at ${(1e6 / median(ours.map(median))).toFixed(0)} steps/s`,
  })
}

async function steps(mode, count, environment) {
  const child = spawn(PYTHON, [SCRIPT, mode, String(count)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', mode === 'theirs' ? 'ignore' : 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${SCRIPT} ${mode} ended with ${code}`)
  return JSON.parse(text.trim().split('\n').at(-1))
}
