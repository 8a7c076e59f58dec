import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readManifest, updateManifest, writeManifest } from './manifest-file.js'
import { createSessionFolder, joinSessionFolder } from './session-folder.js'

let logsDir = ''
beforeEach(() => {
  logsDir = join(mkdtempSync(join(tmpdir(), 'traceml-session-')), 'logs')
})
afterEach(() => {
  rmSync(join(logsDir, '..'), { recursive: true, force: true })
})

const now = new Date(2026, 0, 2, 3, 4, 5)

test('a name that was used before gets a fresh folder', () => {
  const options = { logsDir, runName: 'trial', overwrite: false, now }
  const names = [1, 2, 3].map(() => createSessionFolder(options).sessionId)
  expect(names).toEqual(['trial', 'trial-2', 'trial-3'])
})

test('a run without a name gets one from its start time', () => {
  const { sessionId } = createSessionFolder({ logsDir, runName: null, overwrite: false, now })
  expect(sessionId).toMatch(/^session_20260102_030405_[0-9a-f]{6}$/)
})

test('overwrite replaces a finished run and nothing else', () => {
  const options = { logsDir, runName: 'trial', overwrite: true, now }
  const first = createSessionFolder(options)
  writeManifest(first.manifestPath, { status: 'completed' })
  writeFileSync(join(first.path, 'old.txt'), 'old')
  expect(createSessionFolder(options).sessionId).toBe('trial')
  expect(readdirSync(first.path)).toEqual([])

  expect(() => createSessionFolder(options)).toThrow(/has no manifest\.json/)
})

test('overwrite does not touch a run that still goes on', () => {
  const options = { logsDir, runName: 'trial', overwrite: true, now }
  const first = createSessionFolder(options)
  const running = { status: 'running', host: { hostname: hostname() } }
  writeManifest(first.manifestPath, { ...running, launch: { launcher_pid: process.pid } })
  expect(() => createSessionFolder(options)).toThrow(/still going on/)
})

test('nodes of one run share a folder, and the first refuses a used name', () => {
  const options = { logsDir, runName: 'ddp', overwrite: false }
  const owner = joinSessionFolder({ ...options, nodeRank: 0 })
  writeManifest(owner.manifestPath, { status: 'running' })
  const second = joinSessionFolder({ ...options, nodeRank: 1 })
  expect(second.path).toBe(owner.path)
  expect(second.manifestPath).not.toBe(owner.manifestPath)
  expect(() => joinSessionFolder({ ...options, nodeRank: 0 })).toThrow(/was used before/)
})

test('an update keeps what others wrote', () => {
  mkdirSync(logsDir, { recursive: true })
  const path = join(logsDir, 'manifest.json')
  writeManifest(path, { status: 'starting', acme: 1, artifacts: { a: 'x' }, launch: { port: 0 } })
  updateManifest(
    path,
    { status: 'running', artifacts: { b: 'y' }, launch: { aggregator_port: 5 } },
    now,
  )
  expect(readManifest(path)).toMatchObject({
    status: 'running',
    acme: 1,
    artifacts: { a: 'x', b: 'y' },
    launch: { port: 0, aggregator_port: 5 },
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
  })
  expect(readdirSync(logsDir)).toEqual(['manifest.json'])
})

test('a manifest that cannot be parsed is set aside', () => {
  mkdirSync(logsDir, { recursive: true })
  const path = join(logsDir, 'manifest.json')
  writeFileSync(path, '{ not json')
  updateManifest(path, { status: 'failed' }, now)
  expect(readManifest(path)['status']).toBe('failed')
  expect(readFileSync(`${path}.corrupt`, 'utf8')).toBe('{ not json')
})
