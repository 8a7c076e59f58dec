import type { RunSettings } from '../settings/run-settings.js'
import type { Target } from '../target/target.js'
import { exitCodeOf } from './exit-code.js'
import { watchSignals } from './signals.js'
import { startTrainingGroup } from './training-group.js'
import { planTraining } from './training-plan.js'

/**
 * Runs the script or program as if traceml were not there: no folder, no aggregator, no variable of
 * ours but the one that says so. Returns its exit code.
 */
export async function runNatively(options: {
  readonly target: Target
  readonly args: readonly string[]
  readonly settings: RunSettings
  readonly cwd: string
}): Promise<number> {
  const signals = watchSignals({
    onAbandon: (signal) => process.exit(exitCodeOf({ code: null, signal })),
    onIgnored: () => {},
  })
  const plan = planTraining({ ...options, sessionId: '', address: null, base: process.env })
  const training = startTrainingGroup({ ...plan, cwd: options.cwd })
  signals.attach(training)
  const end = await training.ended
  signals.stop()
  return end.exitCode
}
