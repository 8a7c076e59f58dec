// One sample of eight NVIDIA GPUs through the real binding, on a library with NVML's symbols.
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createGpuReader } from '../packages/gpu-nvidia/dist/index.js'
import { median, report } from './lib/report.mjs'

const SAMPLES = 2000
const DEVICES = 8
/** Utilisation, memory, temperature, power and limit. */
const CALLS = 5

const koffi = createRequire(new URL('../packages/gpu-nvidia/package.json', import.meta.url))(
  'koffi',
)
const library = join(mkdtempSync(join(tmpdir(), 'traceml-nvml-')), 'libnvidia-ml.so.1')
const source = join(import.meta.dirname, '..', 'tests', 'gpu', 'support', 'nvml-stub.c')
execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source])

const gpus = createGpuReader({ libraryPath: library, environment: {} })
await gpus.open()
const shutdown = koffi.load(library).func('nvmlShutdown', 'int', [])

const times = []
const bare = []
for (let index = 0; index < SAMPLES; index += 1) {
  let start = performance.now()
  gpus.read()
  times.push(performance.now() - start)
  start = performance.now()
  for (let call = 0; call < DEVICES * CALLS; call += 1) shutdown()
  bare.push(performance.now() - start)
}
gpus.close()
report({
  id: 'GPU',
  quantity: 'one NVML sample of 8 devices',
  unit: 'us',
  ours: median(times) * 1000,
  limit: median(bare) * 1000,
  aim: 100,
  note: 'limit: as many calls without arguments through the same binding',
})
