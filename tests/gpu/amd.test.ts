import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createGpuReader } from '@traceml/gpu-amd'
import { describe, expect, it } from 'vitest'

/** A tree like the kernel's; `files` by path below `class/drm`. */
function sysfs(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'traceml-sysfs-'))
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, 'class/drm', path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, `${text}\n`)
  }
  return root
}

function card(number: number, more: Readonly<Record<string, string>> = {}) {
  const files = {
    vendor: '0x1002',
    gpu_busy_percent: String(number),
    mem_info_vram_used: '1073741824',
    mem_info_vram_total: '68702699520',
    unique_id: `abc${number}`,
    'hwmon/hwmon7/temp1_input': '52000',
    'hwmon/hwmon7/power1_average': '301500000',
    'hwmon/hwmon7/power1_cap': '560000000',
    ...more,
  }
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`card${number}/device/${name}`, text]),
  )
}

const HOST = {
  ...card(0),
  ...card(10),
  ...card(2, { 'hwmon/hwmon7/temp1_input': 'unreadable' }),
  'card1/device/vendor': '0x8086',
  'card0-DP-1/status': 'connected',
}

describe('AMD GPUs from sysfs', () => {
  it('reads the AMD cards in their order and leaves other vendors alone', () => {
    const gpus = createGpuReader({ sysfs: sysfs(HOST), environment: {} })
    expect(gpus.open()).toMatchObject([
      { index: 0, uuid: 'GPU-abc0', name: 'AMD GPU', memoryTotalBytes: 68702699520 },
      { index: 1, uuid: 'GPU-abc2' },
      { index: 2, uuid: 'GPU-abc10' },
    ])
    expect(gpus.read()).toEqual([
      {
        utilPercent: 0,
        memoryUsedBytes: 1073741824,
        memoryTotalBytes: 68702699520,
        temperatureCelsius: 52,
        powerWatts: 301.5,
        powerLimitWatts: 560,
      },
      expect.objectContaining({ utilPercent: 2, temperatureCelsius: null }),
      expect.objectContaining({ utilPercent: 10, temperatureCelsius: 52 }),
    ])
  })

  it('reads a card that vanished as nulls', async () => {
    const root = sysfs(HOST)
    const gpus = createGpuReader({ sysfs: root, environment: {} })
    await gpus.open()
    rmSync(join(root, 'class/drm/card2'), { recursive: true })
    const [, lost, other] = gpus.read()
    expect(Object.values(lost ?? {})).toEqual([null, null, null, null, null, null])
    expect(other?.utilPercent).toBe(10)
  })

  it.each([
    [{ ROCR_VISIBLE_DEVICES: '2,0' }, ['GPU-abc10', 'GPU-abc0']],
    [{ ROCR_VISIBLE_DEVICES: 'GPU-abc2' }, ['GPU-abc2']],
    [{ ROCR_VISIBLE_DEVICES: '1,2', HIP_VISIBLE_DEVICES: '1' }, ['GPU-abc10']],
    [{ HIP_VISIBLE_DEVICES: '' }, []],
    [{ CUDA_VISIBLE_DEVICES: '0' }, ['GPU-abc0']],
  ])('%j leaves %j', (environment, uuids) => {
    const gpus = createGpuReader({ sysfs: sysfs(HOST), environment })
    const infos = gpus.open() as readonly { readonly uuid: string }[]
    expect(infos.map(({ uuid }) => uuid)).toEqual(uuids)
  })

  it('finds nothing on a host without the driver', () => {
    expect(createGpuReader({ sysfs: '/nonexistent', environment: {} }).open()).toEqual([])
  })
})
