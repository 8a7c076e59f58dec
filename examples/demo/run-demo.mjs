// The first five minutes with traceml, on a real training: find the bottleneck, mend it, compare.
// Needs the built packages: `npm run demo` at the root of the repository builds them first.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '..', '..')
const traceml = fileURLToPath(import.meta.resolve('traceml/bin'))
const script = relative(root, join(here, 'train.mjs'))
const started = performance.now()

function heading(text) {
  process.stdout.write(`\n${'─'.repeat(80)}\n${text}\n${'─'.repeat(80)}\n`)
}

/** Runs the real command, with everything that it prints in one stream and in order. */
function command(...args) {
  process.stdout.write(`$ traceml ${args.join(' ')}\n\n`)
  const result = spawnSync(process.execPath, [traceml, ...args], {
    cwd: root,
    stdio: ['inherit', 1, 1],
  })
  if (result.status !== 0) {
    process.stdout.write(
      `\nThe command ended with ${result.signal ?? `exit code ${result.status}`}.\n`,
    )
    process.exit(1)
  }
}

function train(runName, pipeline) {
  command(
    'run',
    '--mode',
    'cli',
    '--run-name',
    runName,
    '--overwrite',
    script,
    '--pipeline',
    pipeline,
  )
  const path = join(root, 'logs', runName, 'final_summary.json')
  return JSON.parse(readFileSync(path, 'utf8')).primary_diagnosis.status
}

heading('1  A training is slow. Why? The script is plain TensorFlow.js, nothing is added to it.')
const before = train('demo-slow', 'slow')

heading('2  The model waits for its input. The same training, with the input prepared once.')
const after = train('demo-fast', 'fast')

heading('3  Did it help? The two runs side by side.')
command('compare', 'logs/demo-slow', 'logs/demo-fast')

const seconds = ((performance.now() - started) / 1000).toFixed(0)
heading(`Before: ${before}.  After: ${after}.  (${seconds} s in all; measured just now.)`)
if (before !== 'INPUT-BOUND') process.exitCode = 1
