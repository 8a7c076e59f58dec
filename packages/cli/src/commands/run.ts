import { ENV } from '@traceml/contracts'
import { loadConfig } from '../config/load-config.js'
import { launch } from '../launcher/launch.js'
import { runNatively } from '../launcher/native-run.js'
import { isInteractive } from '../output/is-interactive.js'
import { resolveScript } from '../script.js'
import { resolveRunSettings } from '../settings/resolve-run-settings.js'
import type { RunFlags } from '../settings/run-flags.js'

/** A `run` or `watch` as it was typed. */
export interface RunRequest {
  readonly profile: 'run' | 'watch'
  readonly script: string
  readonly args: readonly string[]
  readonly flags: RunFlags
}

/**
 * Runs a training script. Returns its exit code.
 *
 * @throws {ConfigError} for a mistake of the user; nothing was created or started then.
 */
export async function run({ profile, script: name, args, flags }: RunRequest): Promise<number> {
  const cwd = process.cwd()
  const script = resolveScript(name, cwd)
  const disabled = flags.disableTraceml === true || process.env[ENV.disabled] === '1'
  const settings = resolveRunSettings({
    profile,
    flags,
    environment: process.env,
    // A run that is not traced must not fail over a configuration that it does not need.
    loaded: disabled ? { path: null, config: {} } : await loadConfig(flags.config ?? null, cwd),
    cwd,
  })
  if (disabled) return runNatively({ script, scriptArgs: args, settings, cwd })
  const interactive = flags.live !== false && isInteractive()
  return launch({ settings, script, scriptArgs: args, cwd, interactive })
}
