import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import {
  aggregatorOf,
  readManifest,
  startTraceml,
  temporaryFolder,
  traceml,
} from './fixtures/cli/support.ts'
import { pythonWith, skipWithoutPython, stepsByRank } from './python-support/environments.ts'

// What goes wrong with Pythons and scripts: the training's own error is shown untouched.
const python = pythonWith('newest')
const ddp = fileURLToPath(new URL('fixtures/python/ddp.py', import.meta.url))

// PyTorch takes its time to load on a busy machine.
vi.setConfig({ testTimeout: 300_000 })
skipWithoutPython()

/** A Python without any package. */
function bareEnvironment(folder: string): string {
  const path = join(folder, 'bare')
  spawnSync(python, ['-m', 'venv', '--without-pip', path])
  return path
}

function script(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

test('no Python: one sentence, nothing created', async () => {
  using folder = temporaryFolder()
  script(folder.path, 'train.py', 'print("never")')
  const env = { PATH: '/nowhere', VIRTUAL_ENV: '' }
  const end = await traceml(['run', 'train.py'], { cwd: folder.path, env })
  expect(end).toMatchObject({ code: 2, stdout: '' })
  expect(end.stderr).toMatch(/^traceml: There is no python3 or python on PATH; .*--python\.\n$/)
})

test('the environment that is active, or first on PATH, is the one that runs', async () => {
  using folder = temporaryFolder()
  const bare = bareEnvironment(folder.path)
  script(folder.path, 'train.py', 'import sys; print(sys.prefix)')
  const path = `${join(bare, 'bin')}${delimiter}${process.env['PATH']}`
  for (const env of [{ VIRTUAL_ENV: bare }, { PATH: path, VIRTUAL_ENV: '' }]) {
    const end = await traceml(['run', 'train.py'], { cwd: folder.path, env })
    expect(end).toMatchObject({ code: 0, stdout: `${bare}\n` })
  }
})

test('no torch: Python says so, and we say which Python it was', async () => {
  using folder = temporaryFolder()
  const bare = bareEnvironment(folder.path)
  script(folder.path, 'train.py', 'import torch\n')
  const direct = spawnSync(join(bare, 'bin', 'python'), [join(folder.path, 'train.py')], {
    encoding: 'utf8',
  })
  const end = await traceml(['run', '--python', bare, 'train.py'], { cwd: folder.path })
  expect(end.code).toBe(1)
  expect(end.stderr.startsWith(direct.stderr)).toBe(true)
  expect(direct.stderr).toContain("ModuleNotFoundError: No module named 'torch'")
  expect(end.stderr).toContain('bin/python" has no torch; name another Python with --python')
})

test('a torch that is too old is left alone, and named', async () => {
  using folder = temporaryFolder()
  const bare = bareEnvironment(folder.path)
  script(folder.path, 'torch/__init__.py', '__version__ = "1.12.1"\n')
  script(folder.path, 'train.py', 'import torch; print("trained with", torch.__version__)')
  const end = await traceml(['run', '--python', bare, 'train.py'], { cwd: folder.path })
  expect(end).toMatchObject({ code: 0, stdout: 'trained with 1.12.1\n' })
  expect(end.stderr).not.toContain('Traceback')
  expect(end.stderr).toContain('torch 1.12.1 of "')
  expect(end.stderr).toContain('is too old to find steps in; install torch 1.13 or newer.')
})

test('a syntax error is shown as Python shows it', async () => {
  using folder = temporaryFolder()
  const path = script(folder.path, 'train.py', 'import torch\nfor x in\n    pass\n')
  const direct = spawnSync(python, [path], { encoding: 'utf8' })
  const end = await traceml(['run', '--python', python, path], { cwd: folder.path })
  expect(end.code).toBe(1)
  expect(direct.stderr).toContain('SyntaxError: invalid syntax')
  expect(end.stderr.startsWith(direct.stderr)).toBe(true)
})

test('an exit code of the script is its own', async () => {
  using folder = temporaryFolder()
  script(folder.path, 'train.py', 'import sys; sys.exit(43)')
  const end = await traceml(['run', '--python', python, 'train.py'], { cwd: folder.path })
  expect(end.code).toBe(43)
})

test('a client that breaks costs the numbers, not the training', async () => {
  using folder = temporaryFolder()
  script(folder.path, 'broken/traceml_pytorch/__init__.py', 'raise RuntimeError("no client")')
  const env = { PYTHONPATH: join(folder.path, 'broken') }
  const args = ['run', '--python', python, '--run-name', 'x', ddp, '10']
  const end = await traceml(args, { cwd: folder.path, env })
  expect(end).toMatchObject({ code: 0, stdout: 'done\n' })
  expect(end.stderr).toContain("the client could not start (RuntimeError('no client'))")
  expect(end.stderr).not.toContain('Traceback')
  expect(readManifest(join(folder.path, 'logs', 'x'))['status']).toBe('completed')
})

test('an aggregator that is killed costs the numbers, not the training', async () => {
  using folder = temporaryFolder()
  const flags = ['--python', python, '--run-name', 'x', '--interval', '0.2']
  const running = startTraceml(['run', ...flags, ddp, '400', '--slow-loader', '0'], {
    cwd: folder.path,
  })
  const { pid } = await aggregatorOf(join(folder.path, 'logs', 'x'))
  process.kill(pid, 'SIGKILL')
  const end = await running.end
  expect(end).toMatchObject({ code: 0, stdout: 'done\n' })
  expect(end.stderr).toContain('The aggregator ended early (SIGKILL); the training goes on')
  expect(end.stderr).not.toContain('Traceback')
})

test('a killed training keeps its code and what it sent', async () => {
  using folder = temporaryFolder()
  const flags = ['--python', python, '--run-name', 'x', '--interval', '0.5']
  const end = await traceml(['run', ...flags, ddp, '40', '--kill', '0'], { cwd: folder.path })
  expect(end.code).toBe(137)
  const session = join(folder.path, 'logs', 'x')
  expect(stepsByRank(session)).toEqual({ 0: 20 })
  const text = readFileSync(join(session, 'final_summary.txt'), 'utf8').replaceAll(/[|\s]+/g, ' ')
  expect(text).toMatch(/Rank 0 ended without finishing at \d\d:\d\d:\d\d UTC, after step 20\./)
  expect(end.stderr).toContain('killed by SIGKILL, as the system does when memory runs out')
})
