import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PHASE_EVENTS, type StepEvents } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { queryHistory, temporaryFolder, traceml } from '../fixtures/cli/support.ts'
import { frameworksPython, skipWithout } from '../python-support/environments.ts'

// Trainings with a framework, without a word of us in them: every update is a step, with its phases.
const scripts = fileURLToPath(new URL('frameworks/', import.meta.url))

/** Two epochs of 20 updates each, validation in between; micro-batches of an update. */
const CASES = [
  { script: 'transformers_trainer.py', microBatches: 2 },
  { script: 'lightning_trainer.py', microBatches: 1 },
  { script: 'accelerate_loop.py', microBatches: 2 },
] as const

skipWithout(frameworksPython)

test.each(CASES)(
  '$script',
  async ({ script, microBatches }) => {
    using folder = temporaryFolder()
    const args = ['run', '--python', frameworksPython, '--run-name', 'x', join(scripts, script)]
    const end = await traceml(args, { cwd: folder.path })
    expect(end.code, end.stderr).toBe(0)

    const steps = queryHistory<{ readonly events: string }>(
      join(folder.path, 'logs', 'x'),
      'SELECT events_json AS events FROM step_time_samples ORDER BY step',
    ).map(({ events }) => JSON.parse(events) as StepEvents)
    expect(steps).toHaveLength(40)
    let batches = 0
    for (const events of steps) {
      expect(events[PHASE_EVENTS.forward]?.['cpu']).toMatchObject({ n_calls: microBatches })
      expect(events[PHASE_EVENTS.backward]?.['cpu']).toMatchObject({ n_calls: microBatches })
      expect(events[PHASE_EVENTS.optimizer_step]?.['cpu']).toMatchObject({ n_calls: 1 })
      const { n_calls: calls, cpu_ms: waitedMs } = events[PHASE_EVENTS.input_wait]?.['cpu'] ?? {}
      if ((waitedMs ?? 0) > 0) batches += calls ?? 0
    }
    // Loaders that fetch ahead give a batch to the step before its own, but to one step only.
    expect(batches).toBe(40 * microBatches)
  },
  240_000,
)
