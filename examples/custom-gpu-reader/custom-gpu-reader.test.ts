import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkGpuReader } from '@traceml/testing'
import { createGpuReader } from './status-file.js'

const folder = mkdtempSync(join(tmpdir(), 'acme-gpu-'))
const ACME_GPU_STATUS = join(folder, 'status.json')
test.after(() => rmSync(folder, { recursive: true }))

function device(number: number, more: object = {}): object {
  const memory = { used: 2 ** 30, total: 16 * 2 ** 30 }
  return { number, name: 'Acme A1', serial: `ACME-${number}`, busy: 10 * number, memory, ...more }
}
function write(...devices: readonly object[]): void {
  writeFileSync(ACME_GPU_STATUS, JSON.stringify({ devices }))
}

test('keeps the rules of GPU readers, for the devices of the run in their order', async () => {
  write(device(0), device(1), device(2, { celsius: 61 }))
  const environment = { ACME_GPU_STATUS, ACME_VISIBLE_DEVICES: '2,0' }
  const { gpus, readings } = await checkGpuReader(() => createGpuReader(environment))
  assert.deepEqual(
    gpus.map(({ index, uuid }) => [index, uuid]),
    [
      [2, 'ACME-2'],
      [0, 'ACME-0'],
    ],
  )
  assert.deepEqual(
    readings[0]?.map(({ utilPercent, temperatureCelsius }) => [utilPercent, temperatureCelsius]),
    [
      [20, 61],
      [0, null],
    ],
  )
})

test('a device that falls off is null, never 0, and a host without the daemon has none', async () => {
  write(device(0), device(1))
  const reader = createGpuReader({ ACME_GPU_STATUS })
  assert.equal(reader.open().length, 2)
  write(device(1))
  assert.deepEqual(
    reader.read().map(({ utilPercent }) => utilPercent),
    [null, 10],
  )
  const none = () => createGpuReader({ ACME_GPU_STATUS: join(folder, 'absent.json') })
  assert.deepEqual((await checkGpuReader(none)).gpus, [])
})
