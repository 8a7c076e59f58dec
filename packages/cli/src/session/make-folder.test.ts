import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from './make-folder.js'

test('makes what is missing, twice if it must', () => {
  const root = mkdtempSync(join(tmpdir(), 'traceml-folder-'))
  try {
    const path = join(root, 'a', 'b', 'c')
    makeFolder(path)
    makeFolder(path)
    expect(statSync(path).isDirectory()).toBe(true)
    writeFileSync(join(root, 'file'), '')
    expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST')
    expect(() => makeFolder(join(root, 'file', 'below'))).toThrow('ENOTDIR')
  } finally {
    rmSync(root, { recursive: true })
  }
})

test.runIf(process.platform === 'linux')('comes back where no folder can be made', () => {
  expect(() => makeFolder('/proc/traceml/logs')).toThrow('ENOENT')
})
