import type { GpuInfo, GpuReader, GpuReading } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkGpuReader } from './check-gpu-reader.js'

const GPU: GpuInfo = { index: 0, name: 'Acme', uuid: 'GPU-1', memoryTotalBytes: null }
const READING: GpuReading = {
  utilPercent: 50,
  memoryUsedBytes: 1,
  memoryTotalBytes: 2,
  temperatureCelsius: null,
  powerWatts: null,
  powerLimitWatts: null,
}

function reader(changes: Partial<GpuReader> = {}): GpuReader {
  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'acme',
    open: () => [GPU],
    read: () => [READING],
    close: () => {},
    ...changes,
  }
}

function fail(): never {
  throw new Error('no driver')
}

test.each<[string, Partial<GpuReader>, RegExp]>([
  ['wrong version', { apiVersion: 2 as never }, /apiVersion/],
  ['wrong kind', { kind: 'sampler' as never }, /kind/],
  ['no vendor', { vendor: '' }, /vendor/],
  ['open throws', { open: fail }, /its open threw/],
  ['a negative index', { open: () => [{ ...GPU, index: -1 }] }, /index/],
  ['no uuid', { open: () => [{ ...GPU, uuid: '' }] }, /uuid must be a text/],
  ['one uuid twice', { open: () => [GPU, GPU], read: () => [READING, READING] }, /one uuid/],
  ['too few readings', { read: () => [] }, /one entry per GPU of open, 1/],
  ['NaN', { read: () => [{ ...READING, powerWatts: Number.NaN }] }, /powerWatts is NaN/],
  ['undefined', { read: () => [{ ...READING, powerWatts: undefined as never }] }, /undefined/],
  ['a share', { read: () => [{ ...READING, utilPercent: 101 }] }, /utilPercent is 101/],
  ['process ids', { readProcesses: () => [[{ pid: 1.5, memoryUsedBytes: null }]] }, /process id/],
  ['close throws', { close: fail }, /its close threw/],
])('refuses %s', async (_name, changes, message) => {
  const error = await checkGpuReader(() => reader(changes)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'TRACEML_PLUGIN_INVALID' })
  expect((error as Error).message).toMatch(message)
})

test('returns what a good one said', async () => {
  const told = await checkGpuReader(() => reader({ readProcesses: () => [null] }), { ticks: 2 })
  expect(told).toEqual({ gpus: [GPU], readings: [[READING], [READING]], processes: [null] })
})
