import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const traceml = join(
  dirname(createRequire(import.meta.url).resolve('traceml/package.json')),
  'dist/bin.js',
)

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'traceml-gate-'))
})
after(() => rmSync(folder, { recursive: true }))

/** The script of the composite action, as a runner would start it. */
function actionScript() {
  const text = readFileSync(here('../../actions/compare/action.yml'), 'utf8')
  const [, block] = text.split('      run: |\n')
  return block
    .split('\n')
    .map((line) => line.slice(8))
    .join('\n')
}

function runAction(inputs) {
  const files = { summary: join(folder, 'summary.md'), outputs: join(folder, 'outputs') }
  for (const file of Object.values(files)) rmSync(file, { force: true })
  const env = {
    PATH: process.env.PATH,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_OUTPUT: files.outputs,
    INPUT_BASELINE: here('./runs/baseline'),
    INPUT_CANDIDATE: here('./runs/same'),
    INPUT_FAIL_ON: 'regression',
    INPUT_THRESHOLDS: '',
    INPUT_COMMAND: `${process.execPath} ${traceml}`,
    ...inputs,
  }
  const { status, stdout, stderr } = spawnSync('bash', ['-c', actionScript()], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  const outputs = Object.fromEntries(
    (status === 2 ? '' : readFileSync(files.outputs, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  )
  const summary = status === 2 ? '' : readFileSync(files.summary, 'utf8')
  return { status, stdout, stderr, outputs, summary }
}

test('two runs of the same training pass, although their averages differ by 9 %', () => {
  const { status, outputs, summary } = runAction({})
  assert.equal(status, 0)
  assert.equal(outputs.gate, 'passed')
  assert.notEqual(outputs.verdict, 'REGRESSION')
  assert.match(summary, /^### traceml: /)
})

test('a slower training fails, is annotated and explains itself', () => {
  const { status, stdout, outputs, summary } = runAction({ INPUT_CANDIDATE: here('./runs/slower') })
  assert.equal(status, 1)
  assert.match(
    stdout,
    /^::error title=traceml%3A REGRESSION%2C slower against baseline::B is SLOWER/m,
  )
  assert.deepEqual([outputs.verdict, outputs.gate], ['REGRESSION', 'failed'])
  assert.ok(Number(outputs['step-time-change-percent']) > 20)
  assert.match(summary, /\| CPU Step Time \|.*\| \*\*worse\*\* \|/)
})

test('what is not decided fails only a gate that says so', () => {
  const undecided = { INPUT_FAIL_ON: 'regression,inconclusive', INPUT_THRESHOLDS: 'step_time=1%' }
  assert.equal(runAction(undecided).status, 1)
  assert.equal(runAction({ INPUT_FAIL_ON: '' }).status, 0)
})

test('several candidates are a table, and thresholds may stand on lines', () => {
  const { status, summary } = runAction({
    INPUT_CANDIDATE: `${here('./runs/same')}\n${here('./runs/slower')}\n`,
    INPUT_THRESHOLDS: 'step_time=500%\npeak_reserved=20%\n',
  })
  assert.equal(status, 0)
  assert.match(summary, /^### traceml: 2 runs against baseline/)
})

test('inputs are words, never commands', () => {
  const hostile = '$(touch hacked) `touch hacked`; touch hacked #'
  const { status, stderr } = runAction({ INPUT_CANDIDATE: hostile, INPUT_THRESHOLDS: '' })
  assert.equal(status, 2)
  assert.match(stderr, /does not exist/)
  assert.throws(() => readFileSync(join(folder, 'hacked')))
  assert.equal(runAction({ INPUT_CANDIDATE: '--help' }).status, 2)
  const { status: wrong, stderr: why } = runAction({ INPUT_THRESHOLDS: 'speed=3%' })
  assert.equal(wrong, 2)
  assert.match(why, /the metric must be one of step_time, /)
})
