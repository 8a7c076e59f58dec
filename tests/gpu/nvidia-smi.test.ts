import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGpuReader } from '@traceml/gpu-nvidia'
import { describe, expect, it, vi } from 'vitest'

const MIB = 2 ** 20

/** A program that answers as `nvidia-smi` does; with `-lms` it goes on, `rounds` times. */
function fakeSmi(rounds: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'traceml-smi-')), 'nvidia-smi')
  writeFileSync(
    path,
    `#!/bin/sh
answer() {
  echo "0, GPU-aaaa, NVIDIA A100, $1, 1024, 81920, 41, 250.50, 400.00"
  echo "1, GPU-bbbb, NVIDIA A100, [N/A], 2048, 81920, 42, [Not Supported], [N/A]"
  echo "Unable to determine the device handle for gpu 0000:3B:00.0: GPU is lost."
}
case "$*" in
  *-lms*) round=1; while [ $round -le ${rounds} ]; do answer $((round * 10)); sleep 0.02; round=$((round + 1)); done ;;
  *) answer 5 ;;
esac
`,
  )
  chmodSync(path, 0o755)
  return path
}

function reader(rounds: number, visible?: string) {
  return createGpuReader({
    libraryPath: '/nonexistent/libnvidia-ml.so.1',
    smiCommand: fakeSmi(rounds),
    smiIntervalMs: 20,
    environment: visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible },
  })
}

describe.skipIf(process.platform === 'win32')('nvidia-smi where NVML cannot be loaded', () => {
  it('reads what the program tells, and null where it does not', async () => {
    const gpus = reader(3)
    expect(await gpus.open()).toEqual([
      { index: 0, uuid: 'GPU-aaaa', name: 'NVIDIA A100', memoryTotalBytes: 81920 * MIB },
      { index: 1, uuid: 'GPU-bbbb', name: 'NVIDIA A100', memoryTotalBytes: 81920 * MIB },
    ])
    await vi.waitFor(() => expect(gpus.read()[0]?.utilPercent).toBe(30), { timeout: 10_000 })
    expect(gpus.read()[1]).toEqual({
      utilPercent: null,
      memoryUsedBytes: 2048 * MIB,
      memoryTotalBytes: 81920 * MIB,
      temperatureCelsius: 42,
      powerWatts: null,
      powerLimitWatts: null,
    })
    gpus.close()
  })

  it('has no reading any more when the program has ended', async () => {
    const gpus = reader(1)
    await gpus.open()
    await vi.waitFor(
      () => expect(gpus.read().map((reading) => reading.memoryUsedBytes)).toEqual([null, null]),
      { timeout: 10_000 },
    )
    gpus.close()
  })

  it.each([
    ['1', ['GPU-bbbb']],
    ['GPU-bb,GPU-aa', ['GPU-bbbb', 'GPU-aaaa']],
    ['7', []],
  ])('CUDA_VISIBLE_DEVICES=%s selects %j', async (visible, uuids) => {
    const gpus = reader(1, visible)
    expect((await gpus.open()).map(({ uuid }) => uuid)).toEqual(uuids)
    gpus.close()
  })
})
