import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GpuReader, GpuReading } from '@traceml/contracts'
import { checkSampler, createFakeClock, createStepSourceFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { createGpuDevicesSampler } from './gpu-devices.js'
import { busyPercent, parseProcStat, readOsCpuTimes } from './internal/host-cpu.js'
import { parseMemInfo, readOsMemory } from './internal/host-memory.js'
import { createRateWindow } from './internal/rate-window.js'
import { createProcessSampler } from './process.js'
import { createRuntimeEnvironmentSampler } from './runtime-environment.js'
import { createStdoutStderrSampler } from './stdout-stderr.js'
import { createSystemSampler } from './system.js'

test.each([
  ['idle and iowait are not busy', 'cpu  10 0 10 70 10 0 0 0 0 0\n', { total: 100, busy: 20 }],
  ['guest time is not counted twice', 'cpu  10 0 0 90 0 0 0 0 5 5\n', { total: 100, busy: 10 }],
  ['steal is busy', 'cpu  0 0 0 90 0 0 0 10 0 0\n', { total: 100, busy: 10 }],
  ['another file', 'MemTotal: 3 kB\n', null],
  ['empty', '', null],
])('/proc/stat: %s', (_name, text, expected) => {
  expect(parseProcStat(text)).toEqual(expected)
})

test('busy percent has one decimal and is unknown when no time passed', () => {
  const at = (total: number, busy: number) => ({ total, busy })
  expect(busyPercent(at(0, 0), at(300, 100))).toBe(33.3)
  expect(busyPercent(at(100, 50), at(100, 50))).toBeNull()
  expect(busyPercent(at(100, 50), at(200, 50))).toBe(0)
})

test.each([
  [
    'cache, buffers and free memory are not used',
    'MemTotal: 1000 kB\nMemFree: 200 kB\nBuffers: 50 kB\nCached: 100 kB\nSReclaimable: 50 kB\n',
    600,
  ],
  ['a negative figure falls back', 'MemTotal: 1000 kB\nMemFree: 900 kB\nCached: 200 kB\n', 100],
])('/proc/meminfo: %s', (_name, text, usedKib) => {
  expect(parseMemInfo(text)).toEqual({ usedBytes: usedKib * 1024, totalBytes: 1000 * 1024 })
})

test('figures of the operating system are plausible', () => {
  expect(parseMemInfo('nonsense')).toBeNull()
  expect(readOsMemory().totalBytes).toBeGreaterThan(readOsMemory().usedBytes)
  const times = readOsCpuTimes()
  expect(times!.total).toBeGreaterThan(times!.busy)
})

test('the first figure has to cover half a second, later ones need not', () => {
  const window = createRateWindow<number>()
  window.prime(0, 0)
  expect(window.advance(1, 20)).toBeNull()
  expect(window.advance(2, 499)).toBeNull()
  expect(window.advance(3, 500)).toEqual({ base: 0, elapsedMs: 500 })
  expect(window.advance(4, 600)).toEqual({ base: 3, elapsedMs: 100 })
  expect(window.advance(4, 600)).toBeNull()
})

test('system: the first processor figure is null, memory is known at once', async () => {
  const rows = await checkSampler(createSystemSampler, { ticks: 2 })
  const [first, second] = rows.map(({ row }) => row)
  expect(first).toMatchObject({ seq: 1, cpu: null, gpu_available: false, gpu_count: 0, gpus: [] })
  expect(first!['ram_used']).toBeGreaterThan(0)
  expect(second!['seq']).toBe(2)
  expect(second!['cpu'] === null || (second!['cpu'] as number) >= 0).toBe(true)
})

test('system: a GPU that cannot be read is nulls at its place, never zeros', async () => {
  const reading: GpuReading = {
    utilPercent: 91,
    memoryUsedBytes: 1,
    memoryTotalBytes: 2,
    temperatureCelsius: null,
    powerWatts: 3.5,
    powerLimitWatts: 4,
  }
  const gpu = (readings: () => readonly GpuReading[]): GpuReader => ({
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'test',
    open: () => [0, 1].map((index) => ({ index, name: 'g', uuid: 'u', memoryTotalBytes: null })),
    read: readings,
    close: () => {},
  })
  const gpus = async (readings: () => readonly GpuReading[]) => {
    const context = { gpu: gpu(readings) }
    return (await checkSampler(createSystemSampler, { ticks: 1, context }))[0]!.row['gpus']
  }
  const unknown = [null, null, null, null, null, null]
  expect(await gpus(() => [reading])).toEqual([[91, 1, 2, null, 3.5, 4], unknown])
  expect(await gpus(() => fail())).toEqual([unknown, unknown])
})

test('gpu devices: each with its place on the host, again when its processes change', async () => {
  let pids: readonly (readonly number[] | null)[] = [[7], null]
  const infos = [5, 2].map((index) => ({
    index,
    name: 'A100',
    uuid: `GPU-${index}`,
    memoryTotalBytes: 80,
  }))
  const reader: GpuReader = {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'test',
    open: () => infos,
    read: () => [],
    readProcesses: () => {
      const told = pids
      pids = [[7, 8], null]
      return told.map((of) => of?.map((pid) => ({ pid, memoryUsedBytes: null })) ?? null)
    },
    close: () => {},
  }
  const rows = await checkSampler(createGpuDevicesSampler, { ticks: 3, context: { gpu: reader } })
  expect(
    rows.map(({ row }) => [row['gpu_idx'], row['host_index'], row['uuid'], row['processes']]),
  ).toEqual([
    [0, 5, 'GPU-5', [{ pid: 7, mem_used: null }]],
    [1, 2, 'GPU-2', null],
    [0, 5, 'GPU-5', [7, 8].map((pid) => ({ pid, mem_used: null }))],
  ])
})

test('gpu devices: no rows where there are none', async () => {
  expect(await checkSampler(createGpuDevicesSampler, { ticks: 2 })).toEqual([])
})

test('system: GPUs that cannot be opened leave the rest of the row', async () => {
  const broken = { open: () => fail(), close: () => {}, read: () => [], vendor: 'x' } as never
  const rows = await checkSampler(createSystemSampler, { ticks: 1, context: { gpu: broken } })
  expect(rows[0]!.row).toMatchObject({ gpu_available: false, gpu_count: 0, gpus: [] })
})

function fail(): never {
  throw new Error('no driver')
}

test('process: resident memory is known, the first processor figure is not', async () => {
  const clock = createFakeClock()
  const rows = await checkSampler(createProcessSampler, { context: { clock }, ticks: 1 })
  expect(rows[0]!.row).toMatchObject({ seq: 1, pid: process.pid, cpu: null, gpu: null })
  expect(rows[0]!.row['ram_used']).toBeGreaterThan(1_000_000)
})

test('process: 100 is one core, over the time that passed', async () => {
  const spin = (until: number) => {
    while (process.cpuUsage().user + process.cpuUsage().system < until) Math.sqrt(2)
  }
  const before = process.cpuUsage()
  const rows: Record<string, unknown>[] = []
  const clock = createFakeClock()
  const sampler = createProcessSampler()
  await sampler.start!({ clock } as never)
  spin(before.user + before.system + 100_000)
  clock.advance(1000)
  await sampler.sample({ emit: (_table, row) => rows.push(row) }, { clock } as never)
  // 100 ms of processor time in a second of the clock.
  expect(rows[0]!['cpu']).toBeGreaterThanOrEqual(9)
  expect(rows[0]!['cpu']).toBeLessThan(400)
})

const identity = {
  globalRank: 1,
  localRank: 1,
  worldSize: 4,
  localWorldSize: 2,
  nodeRank: 0,
  hostname: 'h',
  pid: 1,
}

test('environment: one row, once something is known', async () => {
  const none = await checkSampler(createRuntimeEnvironmentSampler)
  expect(none).toEqual([])
  const steps = createStepSourceFixture([{ step: 1 }])
  const implied = await checkSampler(createRuntimeEnvironmentSampler, {
    context: { steps, identity },
  })
  expect(implied.map(({ row }) => row)).toMatchObject([
    {
      seq: 0,
      topology: 'multi_node',
      distributed_initialized: false,
      distributed_backend: null,
      training_strategy: 'distributed_unknown',
      strategy_source: 'topology',
      strategy_confidence: 'low',
    },
  ])
})

test('environment: what the training says wins', async () => {
  const steps = createStepSourceFixture([], {
    backend: 'wasm',
    trainingStrategy: 'ddp',
    strategySource: 'runtime_model',
    strategyConfidence: 'high',
  })
  const rows = await checkSampler(createRuntimeEnvironmentSampler, { context: { steps } })
  expect(rows.map(({ row }) => row)).toMatchObject([
    { topology: 'single_process', training_strategy: 'ddp', strategy_confidence: 'high' },
  ])
})

test('output: every rank sends and logs its lines; blank lines are left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'traceml-'))
  const output = () => {
    let lines: readonly string[] = ['epoch 1', '', '  ', 'epoch 2']
    return {
      readLines: () => {
        const now = lines
        lines = []
        return now
      },
      droppedBytes: () => 0,
    }
  }
  const rank0 = { ...identity, globalRank: 0, localRank: 0 }
  const run = async (who: typeof identity) => {
    const sampler = createStdoutStderrSampler()
    const context = { identity: who, rankDirectory: join(folder, `rank_${who.globalRank}`) }
    const rows: unknown[] = []
    const whole = { ...context, output: output() } as never
    await sampler.start!(whole)
    await sampler.sample({ emit: (table, row) => rows.push([table, row]) }, whole)
    return rows
  }
  const rows = [
    ['stdout_stderr', { line: 'epoch 1' }],
    ['stdout_stderr', { line: 'epoch 2' }],
  ]
  expect(await run(rank0)).toEqual(rows)
  expect(await run(identity)).toEqual(rows)
  expect(readFileSync(join(folder, 'rank_1', 'stdout_stderr.log'), 'utf8')).toBe(
    '# stdout and stderr of rank 1\n\nepoch 1\nepoch 2\n',
  )
  rmSync(folder, { recursive: true })
})
