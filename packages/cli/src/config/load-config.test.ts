import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findConfigFile } from './find-config.js'
import { loadConfig } from './load-config.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traceml-config-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('the nearest file wins, TypeScript before JavaScript', () => {
  const inner = join(folder, 'a', 'b')
  mkdirSync(inner, { recursive: true })
  const js = write('traceml.config.mjs', 'export default {}')
  expect(findConfigFile(inner)).toBe(js)
  const ts = write('traceml.config.ts', 'export default {}')
  expect(findConfigFile(inner)).toBe(ts)
  const nearer = write('a/traceml.config.js', 'export default {}')
  expect(findConfigFile(inner)).toBe(nearer)
})

test('ten folders are looked at and no more', () => {
  const config = write('traceml.config.js', 'export default {}')
  const nine = join(folder, ...'123456789')
  mkdirSync(join(nine, 'x'), { recursive: true })
  expect(findConfigFile(nine)).toBe(config)
  expect(findConfigFile(join(nine, 'x'))).toBeNull()
})

test('no file is no configuration', async () => {
  const far = join(folder, ...'1234567890')
  mkdirSync(far, { recursive: true })
  expect(await loadConfig(null, far)).toEqual({ path: null, config: {} })
})

test.each([
  ['traceml.config.mjs', 'export default { interval: 0.5 }'],
  [
    'traceml.config.ts',
    'enum Unit { Half = 0.5 }\nexport default { interval: Unit.Half as number }',
  ],
  ['traceml.config.mts', 'const interval: number = 0.5\nexport default { interval }'],
])('loads %s', async (name, text) => {
  const path = write(name, text)
  expect(await loadConfig(null, folder)).toEqual({ path, config: { interval: 0.5 } })
})

test.each([
  ['export default { intervall: 1 }', /has the unknown key "intervall"; known are mode, interval/],
  [
    'export default { interval: "1" }',
    /has interval: "1"; interval must be a number of seconds above 0/,
  ],
  ['export default { samplers: "./a.js" }', /samplers must be a list/],
  ['export const interval = 1', /has no default export of an object/],
  ['export default 7', /has no default export of an object/],
  ['throw new Error("boom\\nsecond line")', /failed to load: boom second line; correct it/],
])('refuses %s', async (text, message) => {
  write('traceml.config.mjs', text)
  await expect(loadConfig(null, folder)).rejects.toThrow(message)
})

test('a traceml.yaml has the names of existing files, and comes after the others', async () => {
  const path = write(
    'traceml.yaml',
    'mode: cli\ninterval: 1\nlogs_dir: ./runs # here\nhistory_enabled: on\nfinalize_timeout_sec: 20.5\nenable_logging: false\ndashboard_port:\n',
  )
  expect(await loadConfig(null, folder)).toEqual({
    path,
    config: {
      mode: 'cli',
      interval: 1,
      logsDir: './runs',
      history: true,
      finalizeTimeoutSec: 20.5,
    },
  })
  write('traceml.config.mjs', 'export default { interval: 0.5 }')
  expect(await loadConfig(null, folder)).toMatchObject({ config: { interval: 0.5 } })
  expect(await loadConfig('traceml.yaml', folder)).toMatchObject({ path })
})

test.each([
  ['', {}],
  ['# nothing but a comment\n', {}],
])('the yaml %o is an empty configuration', async (text, config) => {
  const path = write('traceml.yaml', text)
  expect(await loadConfig(null, folder)).toEqual({ path, config })
})

test.each([
  ['intervall: 1', /has the unknown key "intervall"; known are mode, interval, enable_logging/],
  ['constructor: 1', /has the unknown key "constructor"/],
  ['interval: fast', /has interval: "fast"; interval must be a number of seconds above 0/],
  ['interval: 0', /has interval: 0/],
  ['- mode', /is no list of keys and values/],
  ['mode: [cli', /cannot be read: .* at line 1/],
  ['mode: cli\nmode: summary', /cannot be read: Map keys must be unique/],
  ['mode: !!python/object:os.system cli', /cannot be read: Unresolved tag/],
])('refuses the yaml %o', async (text, message) => {
  write('traceml.yaml', text)
  await expect(loadConfig(null, folder)).rejects.toThrow(message)
})

test('a file that was named must exist', async () => {
  await expect(loadConfig('nowhere.ts', folder)).rejects.toThrow(/nowhere\.ts" does not exist/)
})
