// Runs the whole test suite; its last line is `tests: N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process'
import { root, toolEnvironment } from './setup.mjs'

const result = spawnSync('vitest', ['run', ...process.argv.slice(2)], {
  cwd: root,
  env: toolEnvironment(),
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exit(result.status ?? 1)
