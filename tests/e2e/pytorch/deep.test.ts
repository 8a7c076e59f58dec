import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore } from '@traceml/storage/better-sqlite3'
import { expect, test } from 'vitest'
import { temporaryFolder, traceml } from '../fixtures/cli/support.ts'
import { frameworksPython, skipWithout } from '../python-support/environments.ts'

// The layers of trainings with a framework, without a word of us in them.
const scripts = fileURLToPath(new URL('frameworks/', import.meta.url))

const BLOCK = ['', '.attn', '.attn.c_attn', '.attn.c_proj', '.ln_1', '.ln_2', '.mlp', '.mlp.c_fc']
const CASES = [
  {
    script: 'transformers_trainer.py',
    model: 'GPT2LMHeadModel',
    microBatches: 2,
    layers: [
      ...['GPT2LMHeadModel', 'lm_head', 'transformer', 'transformer.wte', 'transformer.ln_f'],
      ...BLOCK.flatMap((part) => [`transformer.h.0${part}`, `transformer.h.1${part}`]),
    ],
  },
  {
    script: 'lightning_trainer.py',
    model: 'Classifier',
    microBatches: 1,
    layers: ['Classifier', 'layers', 'layers.0', 'layers.1', 'layers.2'],
  },
  {
    script: 'accelerate_loop.py',
    model: 'Sequential',
    microBatches: 2,
    layers: ['Sequential', '0', '1', '2'],
  },
] as const

skipWithout(frameworksPython)

test.each(CASES)(
  '$script',
  async ({ script, model, microBatches, layers }) => {
    using folder = temporaryFolder()
    const args = ['deep', '--python', frameworksPython, '--run-name', 'x', join(scripts, script)]
    const end = await traceml(args, { cwd: folder.path })
    expect(end.code, end.stderr).toBe(0)
    expect(end.stderr).toContain('Layers: where forward and backward go')

    const store = openStore(join(folder.path, 'logs', 'x', 'aggregator', 'telemetry'))
    const { models, samples } = await store.readLayers!({ windowSteps: 100 })
    await store.close()
    expect(models).toMatchObject([{ model_name: model, model_index: 0 }])
    expect(models[0]?.layers).toEqual(expect.arrayContaining([...layers]))

    const times = samples.filter(({ kind }) => kind.endsWith('_time'))
    expect(new Set(times.map(({ step }) => step))).toContain(4)
    for (const { kind, layers: names, n_calls: calls, values, phase_cpu_ms: phase } of times) {
      for (const name of layers) {
        expect(calls?.[names.indexOf(name)], `${kind} of ${name}`).toBe(microBatches)
      }
      const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0)
      expect(sum).toBeGreaterThan(0)
      expect(sum).toBeLessThanOrEqual((phase ?? 0) + 0.001)
    }
  },
  240_000,
)
