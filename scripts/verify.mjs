// Every check that a change must pass, in order; stops at the first that fails.
import { spawnSync } from 'node:child_process'
import { root, toolEnvironment } from './setup.mjs'

const checks = [
  ['lint', 'biome', ['ci', '.']],
  ['layers', 'node', ['scripts/check-layers.mjs']],
  ['types', 'tsc', ['-b']],
  ['types of tests', 'tsc', ['-p', 'tsconfig.tests.json']],
  ['build', 'turbo', ['run', 'build', '--output-logs=errors-only']],
  ['vectors', 'node', ['scripts/vectors.mjs']],
  ['package shape', 'turbo', ['run', 'check:pkg', '--output-logs=errors-only']],
  ['unused code', 'knip', []],
  ['sizes', 'size-limit', []],
]
if (!process.argv.includes('--no-tests')) checks.splice(5, 0, ['tests', 'vitest', ['run']])

for (const [label, command, args] of checks) {
  const started = Date.now()
  process.stdout.write(`\n=== ${label}: ${command} ${args.join(' ')}\n`)
  const result = spawnSync(command, args, {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    process.stdout.write(`=== ${label} failed\n`)
    process.exit(1)
  }
  process.stdout.write(`=== ${label} ok (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
}
