// What the deep profile of PyTorch modules adds to the profile `run`, at its default budget.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { pythonClient } from '@traceml/pytorch'
import { median, report } from './lib/report.mjs'
import { startSink } from './lib/telemetry-sink.mjs'

const PYTHON =
  process.env.TRACEML_TEST_PYTHON ??
  fileURLToPath(new URL('../.venv-test/bin/python', import.meta.url))
const SCRIPT = fileURLToPath(new URL('lib/pytorch-layers.py', import.meta.url))
/** Width of the layers, and steps of a block: a step of about 1 ms, and one of about 8. */
const MODELS = [
  { id: 'P6', width: 64, steps: 600 },
  { id: 'P7', width: 512, steps: 80 },
]
const BLOCKS = 15

if (existsSync(PYTHON)) await measure()
else process.stderr.write('Skipped: no environment with PyTorch; see npm run setup:python.\n')

async function measure() {
  const sink = await startSink()
  for (const { id, width, steps } of MODELS) {
    const { plain, run, deep, every } = await blocks(sink.port, width, steps)
    const added = deep.map((mean, index) => (mean / run[index] - 1) * 100)
    const cost = median(added)
    const spread = median(added.map((value) => Math.abs(value - cost)))
    report({
      id,
      quantity: `PyTorch deep profile on an MLP of 12 layers, width ${width}, over run`,
      unit: '%',
      ours: cost,
      aim: 5,
      note: `of ${median(run).toFixed(0)} us a step (${median(plain).toFixed(0)} us without hooks), one step in ${every} measured; median of ${BLOCKS} pairs of blocks, spread ${spread.toFixed(1)} %`,
    })
  }
  sink.stop()
}

async function blocks(port, width, steps) {
  const child = spawn(PYTHON, [SCRIPT, String(width), String(steps), String(BLOCKS)], {
    env: {
      ...process.env,
      PYTHONPATH: pythonClient().sitePath,
      TRACEML_AGGREGATOR_PORT: String(port),
      TRACEML_SESSION_ID: 'bench',
      TRACEML_LOGS_DIR: '/nonexistent',
      TRACEML_PROFILE: 'deep',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${SCRIPT} ended with ${code}`)
  return JSON.parse(text.trim().split('\n').at(-1))
}
