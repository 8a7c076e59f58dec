import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readHead } from './read-head.js'
import { readSession } from './read-session.js'

const NOW = Date.parse('2026-01-01T01:00:00Z') / 1000

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'traceml-sessions-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function session(files: Readonly<Record<string, string | object>>): string {
  const path = join(root, 'run')
  mkdirSync(join(path, 'aggregator'), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return path
}

const MANIFEST = {
  status: 'completed',
  created_at: '2026-01-01T00:00:00.000000+00:00',
  updated_at: '2026-01-01T00:10:30.000000+00:00',
}
const SUMMARY = {
  schema_version: 1.7,
  generated_at: '2026-01-01T00:10:30+00:00',
  duration_s: 600,
  primary_diagnosis: { kind: 'INPUT_BOUND', status: 'INPUT-BOUND', severity: 'crit' },
}

test('a finished run lasted from its start to its end', () => {
  const path = session({ 'manifest.json': MANIFEST, 'final_summary.json': SUMMARY })
  expect(readSession(path, NOW)).toEqual({
    session: 'run',
    path,
    status: 'completed',
    verdict: { kind: 'INPUT_BOUND', status: 'INPUT-BOUND', severity: 'crit' },
    started_at: NOW - 3600,
    duration_s: 630,
    age_s: 3600,
    problem: null,
  })
})

test.each([
  [
    'of this process',
    { host: { hostname: hostname() }, launch: { launcher_pid: process.pid } },
    'running',
  ],
  [
    'of a process that is gone',
    { host: { hostname: hostname() }, launch: { launcher_pid: 2 ** 30 } },
    'lost',
  ],
  [
    'of another host',
    { host: { hostname: 'elsewhere.invalid' }, launch: { launcher_pid: 1 } },
    'running',
  ],
  ['of nobody', { host: null, launch: 'x' }, 'running'],
])('a run that goes on, %s', (_name, facts, status) => {
  const path = session({ 'manifest.json': { ...MANIFEST, status: 'running', ...facts } })
  const entry = readSession(path, NOW)
  expect(entry).toMatchObject({ status, verdict: null })
  if (status === 'running') expect(entry!.duration_s).toBe(3600)
})

test('a summary alone, of another writer', () => {
  const path = session({ 'final_summary.json': SUMMARY })
  expect(readSession(path, NOW)).toMatchObject({ status: null, duration_s: 600, age_s: 2970 })
})

test('files that are none are told, and nothing is written', () => {
  const path = session({ 'manifest.json': '{', 'final_summary.json': 'no' })
  expect(readSession(path, NOW)).toMatchObject({ problem: 'manifest.json cannot be read' })
  expect(readdirSync(path).toSorted()).toEqual([
    'aggregator',
    'final_summary.json',
    'manifest.json',
  ])
  rmSync(join(path, 'manifest.json'))
  expect(readSession(path, NOW)).toMatchObject({ problem: 'final_summary.json cannot be read' })
})

test('a folder of something else is no session; one with a history is', () => {
  const path = session({})
  expect(readSession(path, NOW)).toBeNull()
  writeFileSync(join(path, 'aggregator', 'telemetry'), '')
  expect(readSession(path, NOW)).toMatchObject({ status: null, verdict: null, age_s: null })
})

const KEYS = ['a', 'nested', 'text'] as const

test('the head of a long file is enough', () => {
  const path = join(root, 'long.json')
  const rest = 'x'.repeat(100_000)
  const head = '{"other": {"a": 1, "text": "}"}, "nested": {"deep": [1, {"a": "]"}]},'
  // Were the rest read, it would fail: it is no JSON.
  writeFileSync(path, `${head} "text": "a \\" b", "a": NaN, "rest": ${rest}`)
  expect(readHead(path, KEYS)).toEqual({
    nested: { deep: [1, { a: ']' }] },
    text: 'a " b',
    a: null,
  })
})

test('what the head lacks is read from the whole file', () => {
  const path = join(root, 'late.json')
  const document = { rest: 'x'.repeat(100_000), a: 1, nested: {}, text: 't' }
  writeFileSync(path, JSON.stringify(document))
  expect(readHead(path, KEYS)).toMatchObject({ a: 1, nested: {}, text: 't' })
})
