import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseProcessStat } from './internal/proc-tree.js'
import { createProcessTreeReader, type ProcessTreeReading } from './process-tree.js'

let procFolder = ''
beforeEach(() => {
  procFolder = mkdtempSync(join(tmpdir(), 'traceml-proc-'))
})
afterEach(() => {
  rmSync(procFolder, { recursive: true, force: true })
})

interface Fake {
  readonly parent?: number
  readonly own?: number
  readonly reaped?: number
  readonly start?: number
  readonly state?: string
  readonly name?: string
}

function set(pid: number, fake: Fake = {}): void {
  const { parent = 1, own = 0, reaped = 0, start = 5, state = 'S', name = 'python3' } = fake
  const before = Array(9).fill(0)
  const after = [own, 0, reaped, 0, 20, 0, 2, 0, start, 0, 0]
  mkdirSync(join(procFolder, String(pid)), { recursive: true })
  const stat = [pid, `(${name})`, state, parent, ...before, ...after].join(' ')
  writeFileSync(join(procFolder, String(pid), 'stat'), stat)
  writeFileSync(join(procFolder, String(pid), 'status'), 'Name:\tx\nVmRSS:\t    10 kB\n')
}

function gone(pid: number): void {
  rmSync(join(procFolder, String(pid)), { recursive: true })
}

const pids = (reading: ProcessTreeReading | null): readonly number[] =>
  (reading?.members ?? []).map(({ pid }) => pid).toSorted((left, right) => left - right)

test('the tree is the root with all its descendants, and nobody else', () => {
  for (const [pid, parent] of [
    [10, 1],
    [11, 10],
    [12, 11],
    [20, 1],
    [21, 20],
  ] as const) {
    set(pid, { parent })
  }
  set(13, { parent: 11, state: 'Z' })
  const reading = createProcessTreeReader([10], procFolder).read(0)
  expect(pids(reading)).toEqual([10, 11, 12])
  expect(reading).toMatchObject({
    processCount: 3,
    threadCount: 6,
    cpuPercent: null,
    residentBytes: 30 * 1024,
  })
  expect(createProcessTreeReader([99], procFolder).read(0)).toBeNull()
  expect(createProcessTreeReader([10], join(procFolder, 'nowhere')).read(0)).toBeNull()
})

test('an orphan stays in the tree, another process with its id does not', () => {
  set(10)
  set(11, { parent: 10 })
  set(12, { parent: 11 })
  const reader = createProcessTreeReader([10], procFolder)
  reader.read(0)
  gone(11)
  set(12, { parent: 1 })
  expect(pids(reader.read(1000))).toEqual([10, 12])
  set(12, { parent: 1, start: 6 })
  expect(pids(reader.read(2000))).toEqual([10])
})

test('processor time: of each, of all, and of children that came and went in between', () => {
  set(10, { own: 100 })
  set(11, { parent: 10, own: 50 })
  const reader = createProcessTreeReader([10], procFolder)
  reader.read(0)
  set(10, { own: 110, reaped: 0 })
  set(11, { parent: 10, own: 250 })
  const busy = reader.read(1000)
  expect(busy?.cpuPercent).toBe(210)
  expect(busy?.members.map(({ pid, cpuPercent }) => [pid, cpuPercent])).toEqual([
    [11, 200],
    [10, 10],
  ])
  // The child ended after 20 more ticks and was waited for; another one of 30 was never seen.
  gone(11)
  set(10, { own: 110, reaped: 270 + 30 })
  expect(reader.read(2000)?.cpuPercent).toBe(50)
})

test('the account of an orphan that ended is not taken from the others', () => {
  set(10, { own: 0 })
  set(11, { parent: 1, own: 500, start: 7 })
  set(12, { parent: 10, own: 0 })
  const reader = createProcessTreeReader([10], procFolder)
  set(11, { parent: 12, own: 500, start: 7 })
  reader.read(0)
  set(11, { parent: 1, own: 500, start: 7 })
  gone(12)
  reader.read(1000)
  gone(11)
  set(10, { own: 40 })
  expect(reader.read(2000)?.cpuPercent).toBe(40)
})

test('a name with blanks and parentheses', () => {
  const text = `7 (a) b (c) S 3 ${Array(9).fill(0).join(' ')} 4 5 6 7 20 0 3 0 99 0 0`
  expect(parseProcessStat(text)).toEqual({
    pid: 7,
    parentPid: 3,
    name: 'a) b (c',
    ownTicks: 9,
    reapedTicks: 13,
    threadCount: 3,
    startTicks: 99,
  })
  expect(parseProcessStat('nonsense')).toBeNull()
})

test.runIf(process.platform === 'linux')('real processes of another program', async () => {
  const burn = 'while :; do :; done'
  const child: ChildProcess = spawn('sh', ['-c', `(${burn}) & wait`], { detached: true })
  try {
    const reader = createProcessTreeReader([child.pid ?? 0])
    let reading: ProcessTreeReading | null = null
    const deadline = performance.now() + 20_000
    while ((reading?.cpuPercent ?? 0) < 5 && performance.now() < deadline) {
      await new Promise((next) => setTimeout(next, 100))
      reading = reader.read(performance.now()) ?? reading
    }
    expect(reading).toMatchObject({ processCount: 2, threadCount: 2 })
    expect(reading?.cpuPercent).toBeGreaterThanOrEqual(5)
    expect(reading?.residentBytes).toBeGreaterThan(100_000)
    expect(reading?.members[0]).toMatchObject({ name: 'sh', parentPid: child.pid })
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
})
