import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LivePayload } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { buildNvmlStub } from '../gpu/support/build-stub.ts'
import {
  addressOf,
  fixture,
  queryHistory,
  startTraceml,
  temporaryFolder,
  traceml,
} from './fixtures/cli/support.ts'

const library = process.platform === 'linux' ? buildNvmlStub() : null
const readerModule = fixture('../gpu/stub-reader.mjs')

test.skipIf(library === null)(
  'the GPUs that a run may use are in its history, with their place on the host',
  async () => {
    using folder = temporaryFolder()
    const end = await traceml(
      [
        ...['run', '--run-name', 'gpus', '--gpu-reader', readerModule],
        ...[fixture('traced-loop.mjs'), '--steps', '40', '--step-ms', '10'],
      ],
      {
        cwd: folder.path,
        env: {
          NVML_STUB: library ?? '',
          CUDA_VISIBLE_DEVICES: '5,2',
          STUB_LOST: '5',
        },
      },
    )
    expect(end.code).toBe(0)
    const session = join(folder.path, 'logs', 'gpus')
    expect(
      queryHistory(
        session,
        'SELECT DISTINCT gpu_idx, util, mem_used_bytes, power_usage_w FROM system_gpu_samples ORDER BY gpu_idx',
      ),
    ).toEqual([
      { gpu_idx: 0, util: null, mem_used_bytes: null, power_usage_w: null },
      { gpu_idx: 1, util: 20, mem_used_bytes: 3 * 2 ** 30, power_usage_w: null },
    ])
    const devices = queryHistory<{ row_json: string }>(
      session,
      "SELECT row_json FROM custom_samples WHERE sampler = 'GpuDevicesSampler' ORDER BY id",
    ).map(({ row_json }) => JSON.parse(row_json))
    expect(devices).toMatchObject([
      { gpu_idx: 0, host_index: 5, name: 'Stub 5', processes: null },
      { gpu_idx: 1, host_index: 2, name: 'Stub 2', processes: [{ pid: 1002 }, { pid: 2000 }] },
    ])

    const { system } = JSON.parse(readFileSync(join(session, 'final_summary.json'), 'utf8'))
    expect(system.details.gpus).toMatchObject([
      { gpu_idx: 0, host_index: 5, name: 'Stub 5', util_percent: null, processes: null },
      {
        gpu_idx: 1,
        host_index: 2,
        uuid: devices[1].uuid,
        util_percent: 20,
        mem_peak_bytes: 3 * 2 ** 30,
        processes: [{ pid: 1002 }, { pid: 2000 }],
      },
    ])
    expect(end.stderr).toMatch(/GPUs of the Run/)
    expect(end.stderr).toMatch(/0 \(host 5\) Stub 5 +n\/a +n\/a +n\/a +n\/a/)
    expect(end.stderr).toMatch(/1 \(host 2\) Stub 2 +20\.0% +3\.22GB/)
    const html = await traceml(['view', 'logs/gpus', '--html', 'gpus.html'], { cwd: folder.path })
    expect(html.code).toBe(0)
    expect(readFileSync(join(folder.path, 'gpus.html'), 'utf8')).toMatch(
      /GPUs of the run.*Stub 5.*number 5 of the host.*Stub 2.*1002, 2000/s,
    )

    const open = startTraceml(
      ['open', 'gpus', '--dashboard-port', '0', '--no-dashboard-auto-open'],
      { cwd: folder.path },
    )
    const answer = await fetch(new URL('api/live.json', await addressOf(open)))
    const { nodes } = (await answer.json()) as LivePayload
    expect(nodes[0]?.gpus).toMatchObject([
      { idx: 0, host_index: 5, name: 'Stub 5', processes: null, util_percent: null },
      { idx: 1, host_index: 2, name: 'Stub 2', processes: [{ pid: 1002 }, { pid: 2000 }] },
    ])
    open.child.kill('SIGINT')
    expect((await open.end).code).toBe(0)
  },
)
