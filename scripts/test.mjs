// Runs the whole test suite; its last line is `tests: N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { havePythonEnvironments, makePythonEnvironments } from './python-venvs.mjs'
import { root, toolEnvironment } from './setup.mjs'

/** More broken files than this are not the machine's fault. */
const MOST_FILES_AGAIN = 8

const folder = mkdtempSync(join(tmpdir(), 'traceml-test-'))
process.exitCode = await main(process.argv.slice(2))
rmSync(folder, { recursive: true, force: true })

async function main(options) {
  // PyTorch is large; who works on a machine of their own asks for it by `npm run setup:python`.
  const problem =
    process.env.CI === 'true' || havePythonEnvironments()
      ? await makePythonEnvironments()
      : 'npm run setup:python makes what they need'
  if (problem !== null) process.stderr.write(`Tests with PyTorch are skipped: ${problem}.\n`)

  const first = run(options)
  const again = first.result?.files ?? []
  if (first.status === 0 || again.length === 0 || again.length > MOST_FILES_AGAIN) {
    return first.status
  }
  return runAlone(
    first.result,
    again.map((path) => relative(root, path)),
  )
}

/**
 * Real processes share few cores in the run above, and a busy machine can break what is right. What
 * failed is run once more, one file at a time with nothing beside it, and only that counts.
 */
function runAlone(result, files) {
  process.stdout.write(`\nOnce more, one at a time: ${files.join(', ')}\n`)
  const second = run([...files, '--no-file-parallelism', '--maxConcurrency=1'])
  if (second.result === null) return second.status
  const passed = result.passed + result.failed - second.result.failed
  process.stdout.write(
    `\nOf the ${result.failed} that failed at first, ${second.result.failed} failed alone, too.\n` +
      `tests: ${passed} passed, ${second.result.failed} failed, ${result.skipped} skipped\n`,
  )
  return second.status
}

function run(options) {
  const file = join(folder, 'result.json')
  rmSync(file, { force: true })
  const { status } = spawnSync('vitest', ['run', ...options], {
    cwd: root,
    env: { ...toolEnvironment(), TRACEML_TEST_RESULT: file },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return { status: status ?? 1, result: read(file) }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
