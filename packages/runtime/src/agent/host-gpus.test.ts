import type { GpuInfo, GpuReader, GpuReading } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createHostGpus } from './host-gpus.js'

const reading = (utilPercent: number): GpuReading => ({
  utilPercent,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  temperatureCelsius: null,
  powerWatts: null,
  powerLimitWatts: null,
})
const info = (uuid: string): GpuInfo => ({ index: 0, name: 'g', uuid, memoryTotalBytes: null })

function reader(gpus: readonly GpuInfo[], readings: readonly GpuReading[]): GpuReader {
  return {
    apiVersion: 1,
    kind: 'gpu-reader',
    vendor: 'test',
    open: () => gpus,
    read: () => readings,
    close: () => {},
  }
}

function hostOf(modules: Readonly<Record<string, unknown>>) {
  const bad: string[] = []
  const gpus = createHostGpus({
    modules: Object.keys(modules),
    onBad: (module, reason) => bad.push(`${module}: ${reason}`),
    importModule: async (specifier) => {
      const module = modules[specifier]
      if (module instanceof Error) throw module
      return module
    },
  })
  return { gpus, bad }
}

test('readers stand one behind the other, and one that tells too little shifts none', async () => {
  const { gpus, bad } = hostOf({
    first: { createGpuReader: () => reader([info('a'), info('b')], [reading(1)]) },
    none: { createGpuReader: () => reader([], []) },
    second: { createGpuReader: () => reader([info('c')], [reading(3), reading(4)]) },
  })
  expect((await gpus.open()).map(({ uuid }) => uuid)).toEqual(['a', 'b', 'c'])
  expect(gpus.read().map(({ utilPercent }) => utilPercent)).toEqual([1, null, 3])
  expect(gpus.readProcesses?.()).toEqual([null, null, null])
  expect(bad).toEqual([])
  gpus.close()
  expect(gpus.read()).toEqual([])
})

test('opening again gives the same list without loading anything again', async () => {
  let made = 0
  const { gpus } = hostOf({
    first: {
      createGpuReader: () => {
        made += 1
        return reader([info('a')], [])
      },
    },
  })
  expect(await gpus.open()).toBe(await gpus.open())
  expect(made).toBe(1)
})

test('what is not installed is no problem; what cannot be used is named and costs no other', async () => {
  const missing = Object.assign(new Error("Cannot find package 'missing' imported from x"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  const { gpus, bad } = hostOf({
    missing,
    broken: new Error('no such symbol'),
    other: { default: 1 },
    good: { createGpuReader: () => reader([info('a')], [reading(9)]) },
  })
  expect(await gpus.open()).toHaveLength(1)
  expect(gpus.read()[0]?.utilPercent).toBe(9)
  expect(bad).toEqual([
    'broken: no such symbol',
    'other: it exports no function createGpuReader; a module of GPU readers needs one',
  ])
})

test('a package that is there but misses one of its own is named', async () => {
  const missing = Object.assign(new Error("Cannot find package 'koffi' imported from first"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  const { gpus, bad } = hostOf({ first: missing })
  expect(await gpus.open()).toEqual([])
  expect(bad).toEqual(["first: Cannot find package 'koffi' imported from first"])
})
