import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { decodePayload, normalizeEnvelope } from '@traceml/codec'
import { PHASE_EVENTS, SAMPLER_NAMES, type StepEvents } from '@traceml/contracts'
import { createTelemetryServer } from '@traceml/transport'
import { describe, expect, test } from 'vitest'

const FIXTURES = fileURLToPath(new URL('./fixtures/tfjs/', import.meta.url))
const PRELOAD = new URL('../../packages/tfjs/dist/preload.js', import.meta.url).href
const PROBE = pathToFileURL(join(FIXTURES, 'probe-preload.mjs')).href

/** A script that runs longer hangs: it is killed, and its exit code is null. */
const RUN_LIMIT_MS = 40_000

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface ProbeStep {
  readonly dataloader_next: number
  readonly h2d_time?: number
  readonly forward_time?: number
  readonly backward_time?: number
  readonly optimizer_step?: number
  readonly step_time: number
  readonly endMs: number
  readonly memory: { readonly bytes: number; readonly tensors: number }
  readonly device: string
}

function run(
  script: string,
  imports: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const options = imports.flatMap((url) => ['--import', url])
  const child = spawn(process.execPath, [...options, script], {
    cwd: FIXTURES,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** What a reader of the terminal sees: without the stack frames, which may name a wrapper. */
function visible(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n')
}

async function probe(
  script: string,
  loaders: readonly string[] = [],
): Promise<{ plain: Outcome; traced: Outcome; steps: ProbeStep[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'traceml-tfjs-'))
  try {
    const file = join(folder, 'report.json')
    const plain = await run(script, loaders)
    const traced = await run(script, [PROBE, ...loaders], { PROBE_REPORT: file })
    if (!existsSync(file)) throw new Error(`no report; the script said: ${traced.stderr}`)
    const { steps } = JSON.parse(await readFile(file, 'utf8')) as { steps: ProbeStep[] }
    return { plain, traced, steps }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function total(steps: readonly ProbeStep[], ...keys: (keyof ProbeStep)[]): number {
  let sum = 0
  for (const step of steps) for (const key of keys) sum += Number(step[key] ?? 0)
  return sum
}

interface Case {
  readonly script: string
  readonly steps: number
  readonly loaders?: readonly string[]
  readonly device?: string
  /** Smallest share of the traced steps that forward, backward and optimizer explain. */
  readonly coverage?: number
}

const CASES: readonly Case[] = [
  { script: 'fit.mjs', steps: 24, coverage: 0.6 },
  { script: 'fit-dataset.mjs', steps: 20 },
  { script: 'train-on-batch.cjs', steps: 25, coverage: 0.6 },
  { script: 'minimize-sync.cjs', steps: 200, coverage: 0.6 },
  { script: 'variable-grads.ts', steps: 30, loaders: ['tsx'], coverage: 0.6 },
  { script: 'dataset-loop.cts', steps: 12, loaders: ['tsx'] },
  { script: 'custom-optimizer.mjs', steps: 6, coverage: 0.6 },
  { script: 'early-stopping.cjs', steps: 8, coverage: 0.5 },
  { script: 'broken-loss.mjs', steps: 3 },
  { script: 'wasm.mjs', steps: 15, device: 'wasm' },
]

describe('unmodified scripts', () => {
  test.each(CASES)('$script: $steps steps, same results', async (expected) => {
    const { plain, traced, steps } = await probe(expected.script, expected.loaders)
    expect({ ...traced, stderr: '' }).toEqual({ ...plain, stderr: '' })
    const location = /^(file:|\/|[A-Z]:).*\n.*\n\s*\^.*$/m
    expect(visible(traced.stderr).replace(location, '')).toBe(
      visible(plain.stderr).replace(location, ''),
    )
    expect(steps).toHaveLength(expected.steps)
    for (const step of steps) {
      expect(step.device).toBe(expected.device ?? 'cpu')
      expect(step.dataloader_next).toBeGreaterThanOrEqual(0)
      expect(step.memory.bytes).toBeGreaterThan(0)
      expect(step.forward_time).toBeGreaterThan(0)
      expect(step.backward_time).toBeGreaterThan(0)
      expect(step.optimizer_step).toBeGreaterThan(0)
      expect(total([step], 'forward_time', 'backward_time', 'optimizer_step')).toBeLessThanOrEqual(
        step.step_time + 0.001,
      )
    }
    const compute = total(steps, 'forward_time', 'backward_time', 'optimizer_step')
    expect(compute / total(steps, 'step_time')).toBeGreaterThan(expected.coverage ?? 0)
  })

  // A machine that stalls one of the clocks falsifies a measurement: it may be repeated.
  test('a slow dataset shows as input wait, its validation pass does not', {
    retry: 2,
  }, async () => {
    const { steps } = await probe('fit-dataset.mjs')
    // Ten fetches of 20 ms, five more for validation, then the same again.
    const firstEpoch = steps.slice(1, 10)
    const wallMs = (firstEpoch.at(-1)?.endMs ?? 0) - (steps[0]?.endMs ?? 0)
    const accountedMs = total(firstEpoch, 'dataloader_next', 'step_time')
    expect(accountedMs / wallMs).toBeGreaterThan(0.98)
    expect(accountedMs / wallMs).toBeLessThan(1.001)
    expect(total(firstEpoch, 'dataloader_next')).toBeGreaterThan(9 * 18.5)
    const epochStart = steps[10]
    // Five fetches of the validation would be in it.
    const fetchMs = total(firstEpoch, 'dataloader_next') / firstEpoch.length
    expect(epochStart?.dataloader_next).toBeLessThan(5 * fetchMs)
  })

  test('uploads of a backend that copies are a phase of their own', async () => {
    const { steps } = await probe('wasm.mjs')
    expect(total(steps, 'h2d_time')).toBeGreaterThan(0)
  })

  test('forked children and worker threads stay untraced', async () => {
    const { plain, traced, steps } = await probe('children.mjs')
    expect(traced.stdout).toBe(plain.stdout)
    expect(steps).toHaveLength(7)
  })
})

describe('the preload module', () => {
  test('without a launcher it changes nothing', async () => {
    const plain = await run('fit.mjs', [])
    expect(plain.code).toBe(3)
    expect(await run('fit.mjs', [PRELOAD])).toEqual(plain)
  })

  test.each([
    ['train-on-batch.cjs', 25],
    ['children.mjs', 7],
  ])('%s: every step reaches the aggregator', async (script, expected) => {
    const rows: { step: number; events: StepEvents }[] = []
    const connections = new Set<unknown>()
    const { sampler, table } = SAMPLER_NAMES.stepTime
    await using server = createTelemetryServer({
      onFrame(connection, payload) {
        connections.add(connection)
        const message = decodePayload(payload)
        for (const part of Array.isArray(message) ? message : [message]) {
          const envelope = normalizeEnvelope(part)
          if (envelope?.meta.sampler !== sampler) continue
          rows.push(...(envelope.tables[table] as typeof rows))
        }
      },
      onRead(connection) {
        connection.acknowledge(connection.framesReceived)
      },
    })
    await server.start()
    const folder = await mkdtemp(join(tmpdir(), 'traceml-tfjs-'))
    try {
      const traced = await run(script, [PRELOAD], {
        TRACEML_AGGREGATOR_PORT: String(server.port),
        TRACEML_SESSION_ID: 'tfjs-e2e',
        TRACEML_LOGS_DIR: folder,
      })
      expect(traced.code).toBe(0)
      expect(traced.stdout).toBe((await run(script, [])).stdout)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    expect(connections.size).toBe(1)
    expect(rows.map((row) => row.step)).toEqual(Array.from({ length: expected }, (_, i) => i + 1))
    for (const { events } of rows) {
      const phases = ['input_wait', 'forward', 'backward', 'optimizer_step', 'traced_step_time']
      for (const phase of phases as (keyof typeof PHASE_EVENTS)[])
        expect(events[PHASE_EVENTS[phase]]?.['cpu']?.cpu_ms).toBeGreaterThanOrEqual(0)
    }
  })
})
