import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildNvmlStub } from './support/build-stub.js'

const library = process.platform === 'linux' ? buildNvmlStub() : null
const lib = fileURLToPath(new URL('../../packages/pytorch/python/lib', import.meta.url))
const hasPython = spawnSync('python3', ['--version']).status === 0

const SCRIPT = `
import ctypes, json, sys
from traceml_pytorch.samplers.nvml import open_nvml
nvml = open_nvml(lambda name: ctypes.CDLL(sys.argv[1]), json.loads(sys.argv[2]))
print(json.dumps(None if nvml is None else
  [{**told, "reading": read, "processes": run} for told, read, run in zip(nvml.describe(), nvml.read(), nvml.processes())]))`

function ask(visible: readonly string[] | null): Record<string, unknown>[] | null {
  const args = ['-c', SCRIPT, library ?? '', JSON.stringify(visible)]
  const env = { ...process.env, PYTHONPATH: lib, STUB_LOST: '5' }
  const { stdout, stderr } = spawnSync('python3', args, { env, encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test.skipIf(library === null || !hasPython)(
  'the client of PyTorch reads the same devices as the reader of the agent',
  () => {
    const part = 'MIG-000000e1-0000-0000-0000-000000000000'
    expect(ask(['5', 'MIG-000000e1', 'GPU-000000c0', '9', '1'])).toMatchObject([
      { host_index: 5, name: 'Stub 5', reading: Array(6).fill(null), processes: null },
      // A part cannot tell how busy it is; its board tells temperature and power.
      {
        host_index: 4,
        uuid: part,
        name: 'Stub 4 part',
        reading: [null, 5 * 2 ** 30, 80 * 2 ** 30, 44, 250.5, 400],
      },
      {
        host_index: 2,
        name: 'Stub 2',
        reading: [20, 3 * 2 ** 30, 80 * 2 ** 30, 42, null, 400],
        processes: [
          { pid: 1002, mem_used: 3 * 2 ** 30 },
          { pid: 2000, mem_used: null },
        ],
      },
    ])
    expect(ask(null)).toHaveLength(8)
    expect(ask([])).toBeNull()
  },
)
