import type { Script } from '../script.js'
import type { RunSettings } from '../settings/run-settings.js'
import { exitCodeOf } from './exit-code.js'
import { watchSignals } from './signals.js'
import { trainingArguments } from './training-command.js'
import { rankEnvironment, untracedEnvironment } from './training-environment.js'
import { startTrainingGroup } from './training-group.js'

/**
 * Runs the script as if traceml were not there: no folder, no aggregator, no variable of ours but
 * the one that says so. Returns the script's exit code.
 */
export async function runNatively(options: {
  readonly script: Script
  readonly scriptArgs: readonly string[]
  readonly settings: RunSettings
  readonly cwd: string
}): Promise<number> {
  const signals = watchSignals({
    onAbandon: (signal) => process.exit(exitCodeOf({ code: null, signal })),
    onIgnored: () => {},
  })
  const base = untracedEnvironment(process.env)
  const training = startTrainingGroup({
    args: trainingArguments({ ...options, traced: false, samplerModules: [] }),
    environments: Array.from({ length: options.settings.nprocPerNode }, (_, localRank) => ({
      ...base,
      ...rankEnvironment(options.settings, localRank),
    })),
    cwd: options.cwd,
  })
  signals.attach(training)
  const end = await training.ended
  signals.stop()
  return end.exitCode
}
