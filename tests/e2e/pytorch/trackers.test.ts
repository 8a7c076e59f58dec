import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type CommandEnd, temporaryFolder, traceml } from '../fixtures/cli/support.ts'
import { frameworksPython, skipWithout } from '../python-support/environments.ts'

// The examples for experiment trackers, with the real trackers writing to a folder.
const examples = fileURLToPath(new URL('../../../examples/pytorch-trackers/', import.meta.url))

skipWithout(frameworksPython)

function run(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  const args = ['run', '--python', frameworksPython, '--run-name', 'x', join(examples, script)]
  return traceml(args, { cwd, env: { ...env, PYTHONDONTWRITEBYTECODE: '1' } })
}

/** Files below a folder whose path ends so. */
function filesEnding(folder: string, end: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .map((path) => join(folder, path))
}

test('Weights & Biases gets the verdict', async () => {
  using folder = temporaryFolder()
  const env = { WANDB_MODE: 'offline', WANDB_DIR: folder.path, WANDB_SILENT: 'true' }
  const end = await run('log_to_wandb.py', folder.path, env)
  expect(end.code, end.stderr).toBe(0)
  expect(end.stdout).toMatch(/^[A-Z-]+( [A-Z]+)*\n/)
  const [record] = filesEnding(folder.path, '.wandb')
  expect(readFileSync(record ?? '', 'latin1')).toContain('traceml/step_time/input_wait_ms')
}, 240_000)

test('MLflow gets the verdict', async () => {
  using folder = temporaryFolder()
  const store = join(folder.path, 'mlruns')
  const env = { MLFLOW_TRACKING_URI: `file://${store}`, MLFLOW_ALLOW_FILE_STORE: 'true' }
  const end = await run('log_to_mlflow.py', folder.path, env)
  expect(end.code, end.stderr).toBe(0)
  const [status] = filesEnding(store, join('tags', 'traceml', 'primary', 'status'))
  expect(readFileSync(status ?? '', 'utf8')).toBe(end.stdout.trim().split('\n').at(-1))
  const [metric] = filesEnding(store, join('step_time', 'input_wait_ms'))
  expect(readFileSync(metric ?? '', 'utf8')).toMatch(/^\d+ [\d.]+ 0/)
}, 240_000)
