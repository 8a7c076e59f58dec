import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveTarget, type Target } from './target.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traceml-target-'))
  for (const name of ['train.js', 'train.ts', 'train.py', 'train', 'run.sh', 'bin/python3']) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), '')
  }
  for (const name of ['run.sh', 'bin/python3']) chmodSync(join(folder, name), 0o755)
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function resolve(name: string, isModule = false): Target {
  const environment = { PATH: join(folder, 'bin') }
  return resolveTarget({ name, isModule, python: null, cwd: folder, environment })
}

test('a script is known by its extension, anything executable is a program', () => {
  const at = (name: string): string => join(folder, name)
  const python = { kind: 'python', interpreter: at('bin/python3') }
  expect(resolve('train.js')).toEqual({ kind: 'node', path: at('train.js'), isTypeScript: false })
  expect(resolve('train.ts')).toEqual({ kind: 'node', path: at('train.ts'), isTypeScript: true })
  expect(resolve('train')).toEqual({ kind: 'node', path: at('train'), isTypeScript: false })
  expect(resolve('train.py')).toEqual({ ...python, path: at('train.py'), module: null })
  expect(resolve('jobs.train', true)).toEqual({ ...python, path: null, module: 'jobs.train' })
  expect(resolve('./run.sh')).toEqual({ kind: 'command', path: at('run.sh') })
  expect(resolve('python3')).toEqual({ kind: 'command', path: at('bin/python3') })
})

test.each([
  ['nowhere.py', /The script "nowhere\.py" does not exist/],
  ['./nowhere', /The script "\.\/nowhere" does not exist/],
  ['nowhere', /"nowhere" is neither a file nor a program on PATH/],
  ['bin', /"bin" is not a file/],
])('refuses %o', (name, message) => {
  expect(() => resolve(name)).toThrow(message)
})
