import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPython } from './find-python.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traceml-python-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function program(path: string, mode = 0o755): string {
  const full = join(folder, path)
  mkdirSync(join(full, '..'), { recursive: true })
  writeFileSync(full, '')
  chmodSync(full, mode)
  return full
}

function find(python: string | null, environment: Record<string, string> = {}): string {
  return findPython({ python, cwd: folder, environment })
}

test('a named interpreter: a path, a folder with an environment, a program on PATH', () => {
  const python = program('.venv/bin/python')
  expect(find('.venv/bin/python')).toBe(python)
  expect(find('.venv')).toBe(python)
  const named = program('bin/python3.12')
  expect(find('python3.12', { PATH: join(folder, 'bin') })).toBe(named)
})

test('the active environment wins over PATH, and PATH is read in order', () => {
  const first = program('first/python')
  program('second/python3')
  const active = program('env/bin/python')
  const PATH = ['', 'nowhere', 'first', 'second']
    .map((name) => (name === '' ? '' : join(folder, name)))
    .join(delimiter)
  expect(find(null, { PATH, VIRTUAL_ENV: join(folder, 'env') })).toBe(active)
  expect(find(null, { PATH, VIRTUAL_ENV: join(folder, 'gone') })).toBe(first)
  expect(find(null, { PATH })).toBe(first)
})

test.each([
  [null, {}, /no python3 or python on PATH/],
  ['nowhere/python', {}, /"nowhere\/python", which does not exist/],
  ['empty', {}, /"empty", a folder without bin\/python/],
  ['plain', {}, /"plain", which is not executable/],
  ['python9', { PATH: '/nowhere' }, /"python9", which does not exist/],
])('refuses %o', (python, environment, message) => {
  mkdirSync(join(folder, 'empty'))
  program('plain', 0o644)
  expect(() => find(python, environment)).toThrow(message)
})
