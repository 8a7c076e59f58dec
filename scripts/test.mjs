// Runs the whole test suite; its last line is `tests: N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process'
import { havePythonEnvironments, makePythonEnvironments } from './python-venvs.mjs'
import { root, toolEnvironment } from './setup.mjs'

// PyTorch is large; who works on a machine of their own asks for it by `npm run setup:python`.
const problem =
  process.env.CI === 'true' || havePythonEnvironments()
    ? makePythonEnvironments()
    : 'npm run setup:python makes what they need'
if (problem !== null) process.stderr.write(`Tests with PyTorch are skipped: ${problem}.\n`)

const result = spawnSync('vitest', ['run', ...process.argv.slice(2)], {
  cwd: root,
  env: toolEnvironment(),
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exit(result.status ?? 1)
