import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nextCommand } from './next-command.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'traceml-next-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** A session of `script` that ended `minute` minutes after the others began. */
function session(name: string, script: string | null, status: string, minute: number): string {
  const path = join(root, 'logs', name)
  mkdirSync(path, { recursive: true })
  const manifest = { status, launch: { script_path: script } }
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(path, 'final_summary.json'), '{}')
  utimesSync(join(path, 'final_summary.json'), minute * 60, minute * 60)
  return path
}

test('the newest completed run of the same script is what to compare with', () => {
  session('older', '/a.js', 'completed', 1)
  session('newer', '/a.js', 'completed', 2)
  session('failed', '/a.js', 'failed', 3)
  session('other', '/b.js', 'completed', 4)
  mkdirSync(join(root, 'logs', 'no-session'))
  const current = session('current', '/a.js', 'completed', 5)
  expect(nextCommand(current, root)).toBe('traceml compare logs/newer logs/current')
  expect(nextCommand(current, '/elsewhere')).toBe(
    `traceml compare ${root}/logs/newer ${root}/logs/current`,
  )
})

test('without one, the run to come', () => {
  session('other', '/b.js', 'completed', 1)
  const current = session('current', '/a.js', 'completed', 2)
  expect(nextCommand(current, root)).toBe(
    'change one thing, run again, then: traceml compare logs/current <the new run>',
  )
})
