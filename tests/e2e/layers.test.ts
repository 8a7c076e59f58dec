import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { queryHistory, temporaryFolder, traceml } from './fixtures/cli/support.js'

const SCRIPTS = fileURLToPath(new URL('./fixtures/layers/', import.meta.url))

type Half = 'forward' | 'backward'
/** Milliseconds of a step by layer and half, as the script measured them. */
type Measured = Readonly<Record<string, number>>

interface SampleRow {
  readonly kind: `${Half}_time` | `${Half}_memory`
  readonly step: number
  readonly layers: string
  readonly values_json: string
  readonly n_calls_json: string | null
  readonly phase_cpu_ms: number | null
}

interface Profiled {
  readonly truth: readonly Measured[]
  readonly rows: readonly SampleRow[]
}

/** Runs a script in the deep profile: what it measured itself, and what was stored of it. */
async function profile(script: string): Promise<Profiled> {
  using folder = temporaryFolder()
  const logs = join(folder.path, 'logs')
  const truth = join(folder.path, 'truth.json')
  const args = ['deep', '--logs-dir', logs, join(SCRIPTS, script)]
  const { code, stderr } = await traceml(args, { cwd: folder.path, env: { TRUTH: truth } })
  expect(stderr).not.toContain('[traceml]')
  expect(code).toBe(0)
  const [session] = readdirSync(logs)
  return {
    truth: JSON.parse(readFileSync(truth, 'utf8')) as Measured[],
    rows: queryHistory<SampleRow>(
      join(logs, session as string),
      `select s.kind, s.step, coalesce(s.layers_json, l.layers_json) as layers, s.values_json,
         s.n_calls_json, s.phase_cpu_ms
       from layer_samples s left join layer_lists l on l.id = s.layers_id order by s.id`,
    ),
  }
}

const parsed = (json: string | null): number[] => JSON.parse(json ?? '[]') as number[]

/** Milliseconds that were stored for a layer beyond what the script measured, step by step. */
function beyond({ truth, rows }: Profiled, layer: string, half: Half): number[] {
  const times = rows.filter(({ kind }) => kind === `${half}_time`)
  expect(times.length).toBeGreaterThanOrEqual(3)
  return times.map(({ step, layers, values_json, phase_cpu_ms }) => {
    const values = parsed(values_json)
    const told = values[(JSON.parse(layers) as string[]).indexOf(layer)]!
    expect(values.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(phase_cpu_ms! + 1e-3)
    return told - truth[step - 1]![`${layer} ${half}`]!
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]!
}

/**
 * A layer gets all the time that it takes, and not that of another: within 1.5 ms in the median of
 * the sampled steps, where confusing any two of the scripts' times would be 3 ms or more.
 */
function expectTruth(profiled: Profiled, layer: string): void {
  for (const half of ['forward', 'backward'] as const) {
    const differences = beyond(profiled, layer, half)
    expect(Math.min(...differences)).toBeGreaterThan(-0.001)
    expect(median(differences)).toBeLessThan(1.5)
  }
}

describe('traceml deep', () => {
  test('a slow layer of a model in fit: its time, forward and backward', async () => {
    const profiled = await profile('fit.mjs')
    expect(profiled.truth).toHaveLength(48)
    expectTruth(profiled, 'slow')
    const memory = profiled.rows.filter(({ kind }) => kind === 'forward_memory')
    expect(JSON.parse(memory[0]!.layers)).toEqual(['first', 'last', 'slow'])
    expect(parsed(memory[0]!.values_json)).toEqual([16 * 16 * 4, 16 * 2 * 4, 16 * 16 * 4])
  })

  test('named functions in a loop: nested, without evaluations', async () => {
    const profiled = await profile('loop.mjs')
    expect(profiled.truth).toHaveLength(60)
    expectTruth(profiled, 'block')
    expectTruth(profiled, 'block.attention')
    for (const row of profiled.rows.filter(({ kind }) => kind.endsWith('_time')))
      expect(parsed(row.n_calls_json)).toEqual([1, 1])
  })
})

test('only the deep profile loads what measures layers', async () => {
  const loaded = async (command: 'run' | 'deep'): Promise<string> => {
    using folder = temporaryFolder()
    const coverage = join(folder.path, 'coverage')
    const args = [command, '--logs-dir', join(folder.path, 'logs'), join(SCRIPTS, 'loop.mjs')]
    const { code } = await traceml(args, { cwd: folder.path, env: { NODE_V8_COVERAGE: coverage } })
    expect(code).toBe(0)
    return readdirSync(coverage)
      .map((file) => readFileSync(join(coverage, file), 'utf8'))
      .filter((text) => text.includes('fixtures/layers/loop.mjs'))
      .flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result)
      .map(({ url }) => url)
      .join('\n')
  }
  const parts = [/packages\/tfjs\/dist\/layer-hooks/, /packages\/runtime\/dist\/layers\.js/]
  const deep = await loaded('deep')
  const run = await loaded('run')
  expect(run).toContain('packages/tfjs/dist/preload.js')
  for (const part of parts) {
    expect(deep).toMatch(part)
    expect(run).not.toMatch(part)
  }
})
