import { createGpuReader } from '@traceml/gpu-nvidia'
import { afterEach, describe, expect, it } from 'vitest'
import { buildNvmlStub } from './support/build-stub.js'

const GIB = 2 ** 30
const library = process.platform === 'linux' ? buildNvmlStub() : null

afterEach(() => {
  for (const name of ['STUB_COUNT', 'STUB_INIT', 'STUB_LOST']) delete process.env[name]
})

function reader(visible?: string, smiCommand = '/nonexistent/nvidia-smi') {
  return createGpuReader({
    libraryPath: library ?? '',
    smiCommand,
    environment: visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible },
  })
}

describe.skipIf(library === null)('NVML through the real binding', () => {
  it('reads all GPUs of the host when nothing is hidden', async () => {
    const gpus = reader()
    const infos = await gpus.open()
    expect(infos).toHaveLength(8)
    expect(infos[1]).toEqual({
      index: 1,
      name: 'Stub 1',
      uuid: 'GPU-000000b0-0000-0000-0000-000000000000',
      memoryTotalBytes: 80 * GIB,
    })
    expect(gpus.read()[3]).toEqual({
      utilPercent: 30,
      memoryUsedBytes: 4 * GIB,
      memoryTotalBytes: 80 * GIB,
      temperatureCelsius: 43,
      powerWatts: 250.5,
      powerLimitWatts: 400,
    })
    gpus.close()
    expect(gpus.read()).toEqual([])
  })

  it('knows zero from unknown: GPU 0 is idle, GPU 2 cannot tell its power', async () => {
    const gpus = reader()
    await gpus.open()
    const readings = gpus.read()
    expect(readings[0]?.utilPercent).toBe(0)
    expect(readings[2]?.powerWatts).toBeNull()
    expect(readings[2]?.powerLimitWatts).toBe(400)
    gpus.close()
  })

  it('reads a lost GPU as nulls, the others as ever, and the lost one again when it is back', async () => {
    const gpus = reader()
    await gpus.open()
    process.env['STUB_LOST'] = '3'
    const readings = gpus.read()
    expect(Object.values(readings[3] ?? {})).toEqual([null, null, null, null, null, null])
    expect(readings[4]?.utilPercent).toBe(40)
    delete process.env['STUB_LOST']
    expect(gpus.read()[3]?.utilPercent).toBe(30)
    gpus.close()
  })

  it.each([
    ['2,5', [2, 5]],
    ['5,2', [5, 2]],
    ['', []],
    ['-1', []],
    ['1,99,2', [1]],
    ['1,1', []],
    ['GPU-000000c0-0000-0000-0000-000000000000,0', [2, 0]],
    ['GPU-000000d', [3]],
  ])('CUDA_VISIBLE_DEVICES=%s selects GPUs %j in that order', async (visible, indices) => {
    const gpus = reader(visible)
    expect((await gpus.open()).map(({ index }) => index)).toEqual(indices)
    expect(gpus.read()).toHaveLength(indices.length)
    gpus.close()
  })

  it.each(['MIG-000000e2-0000-0000-0000-000000000000', 'MIG-000000e2'])(
    'reads the part %s of a GPU: its own memory, the board for the rest',
    async (visible) => {
      const gpus = reader(visible)
      const [info] = await gpus.open()
      expect(info).toMatchObject({
        index: 4,
        name: 'Stub 4 part',
        uuid: expect.stringMatching(/^MIG-000000e2/),
      })
      expect(gpus.read()).toEqual([
        {
          utilPercent: null,
          memoryUsedBytes: 5 * GIB,
          memoryTotalBytes: 80 * GIB,
          temperatureCelsius: 44,
          powerWatts: 250.5,
          powerLimitWatts: 400,
        },
      ])
      gpus.close()
    },
  )

  it('lists the processes of each GPU, with unknown memory as null', async () => {
    const gpus = reader('6')
    await gpus.open()
    expect(gpus.readProcesses?.()).toEqual([
      [
        { pid: 1006, memoryUsedBytes: 3 * GIB },
        { pid: 2000, memoryUsedBytes: null },
      ],
    ])
    process.env['STUB_LOST'] = '6'
    expect(gpus.readProcesses?.()).toEqual([null])
    gpus.close()
  })

  it('says what NVML said when neither it nor nvidia-smi answers', async () => {
    process.env['STUB_INIT'] = '18'
    await expect(reader().open()).rejects.toThrow(
      'nvmlInit_v2 returned 18 (driver and library versions differ)',
    )
  })
})

describe('a host without an NVIDIA driver', () => {
  it('costs one look and reports no GPU', async () => {
    const gpus = createGpuReader({ environment: {}, hasDriver: () => false })
    expect(await gpus.open()).toEqual([])
    expect(gpus.read()).toEqual([])
    expect(gpus.readProcesses?.()).toEqual([])
    gpus.close()
  })
})
