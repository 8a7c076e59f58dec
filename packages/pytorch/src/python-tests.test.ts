import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'

/**
 * The client's own tests, which are Python. Those of the parts without torch run with any Python,
 * those of the hooks with a Python that has PyTorch: `TRACEML_TEST_PYTHON`, or the environment that
 * `npm run setup:python` makes.
 */
const folder = fileURLToPath(new URL('../python', import.meta.url))
const environment = fileURLToPath(new URL('../../../.venv-test/bin/python', import.meta.url))
const withTorch = process.env['TRACEML_TEST_PYTHON'] ?? environment
const anyPython = existsSync(withTorch) ? withTorch : 'python3'

interface Outcome {
  readonly report: string
  readonly code: number | null
}

function unittest(python: string, tests: string): Outcome {
  const { stderr, stdout, status } = spawnSync(
    python,
    ['-W', 'error::ResourceWarning', '-m', 'unittest', 'discover', '-s', tests, '-t', '.'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: join(folder, 'lib'), PYTHONDONTWRITEBYTECODE: '1' },
    },
  )
  return { report: `${stdout}${stderr}`, code: status }
}

function passed({ report, code }: Outcome): void {
  expect(code, report).toBe(0)
  // At least one test was found and run.
  expect(report).toMatch(/Ran [1-9]\d* tests?/)
}

test('the parts without torch', (context) => {
  if (spawnSync(anyPython, ['--version']).status !== 0) context.skip('there is no python3')
  passed(unittest(anyPython, 'tests'))
}, 120_000)

describe('on the real torch', () => {
  beforeEach((context) => {
    if (!existsSync(withTorch)) {
      context.skip('no environment with PyTorch; see npm run setup:python')
    }
  })

  test('the hooks', () => passed(unittest(withTorch, 'torch_tests')), 300_000)
})
