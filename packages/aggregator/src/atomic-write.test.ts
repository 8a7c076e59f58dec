import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isoTimestamp, writeJsonAtomic, writeTextAtomic } from './atomic-write.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traceml-atomic-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('JSON is indented by 2, ASCII only, without a line end, mode 0600', async () => {
  const path = join(folder, 'a', 'b.json')
  await writeJsonAtomic(path, { text: 'é€😀', list: [1] })
  expect(await readFile(path, 'utf8')).toBe(
    '{\n  "text": "\\u00e9\\u20ac\\ud83d\\ude00",\n  "list": [\n    1\n  ]\n}',
  )
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a write replaces the whole file and leaves no temporary behind', async () => {
  const path = join(folder, 'c.txt')
  await Promise.all(['one', 'two', 'three'].map((text) => writeTextAtomic(path, text)))
  expect(['one', 'two', 'three']).toContain(await readFile(path, 'utf8'))
  expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.tmp'))
})

test('a failed write leaves the target alone', async () => {
  const path = join(folder, 'd.txt')
  await writeTextAtomic(path, 'kept')
  await expect(writeTextAtomic(join(path, 'below'), 'x')).rejects.toThrow()
  expect(await readFile(path, 'utf8')).toBe('kept')
})

test.each([
  [0, '1970-01-01T00:00:00.000000+00:00'],
  [1_795_405_977.96, '2026-11-23T05:26:17.960000+00:00'],
  [1.9999999, '1970-01-01T00:00:01.999999+00:00'],
])('%d is %s', (seconds, text) => {
  expect(isoTimestamp(seconds)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/)
  if (seconds < 10) expect(isoTimestamp(seconds)).toBe(text)
  else expect(Date.parse(isoTimestamp(seconds))).toBe(Math.round(seconds * 1000))
})
