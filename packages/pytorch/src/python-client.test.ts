import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pythonClient } from './python-client.js'

test('names folders that are there, and the version of the package', () => {
  const { sitePath, packagePath, version } = pythonClient()
  expect(existsSync(join(sitePath, 'sitecustomize.py'))).toBe(true)
  for (const name of ['traceml', 'traceml_ai', 'traceml_pytorch']) {
    expect(existsSync(join(packagePath, name, '__init__.py'))).toBe(true)
  }
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  expect(version).toBe(manifest.version)
})
