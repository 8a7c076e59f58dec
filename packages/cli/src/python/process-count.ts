import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { ConfigError } from '@traceml/contracts'

const WORDS: ReadonlySet<string> = new Set(['auto', 'cpu', 'gpu'])
const PROBE_TIMEOUT_MS = 60_000

/**
 * `--nproc-per-node` as a number: `gpu` is the GPUs that this interpreter's torch sees, `cpu` the
 * processors, `auto` the GPUs or else the processors. Anything else comes back as it is.
 *
 * @throws {ConfigError} TRACEML_CONFIG_INVALID when GPUs are wanted and there are none.
 */
export function resolveProcessCount(text: string, interpreter: string): string {
  if (!WORDS.has(text)) return text
  const gpus = text === 'cpu' ? 0 : gpuCount(interpreter)
  if (gpus > 0) return String(gpus)
  if (text !== 'gpu') return String(availableParallelism())
  throw new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `--nproc-per-node is "gpu", but torch of "${interpreter}" sees no GPU; give it a number.`,
  )
}

function gpuCount(interpreter: string): number {
  const { stdout } = spawnSync(
    interpreter,
    ['-c', 'import torch; print(torch.cuda.device_count() if torch.cuda.is_available() else 0)'],
    { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS },
  )
  return Number((stdout ?? '').trim()) || 0
}
