import { ENV, type Profile } from '@traceml/contracts'
import { loadConfig } from '../config/load-config.js'
import { findFreePort } from '../launcher/free-port.js'
import { launch } from '../launcher/launch.js'
import { runNatively } from '../launcher/native-run.js'
import { startsByTorchrun } from '../launcher/plans/python-plan.js'
import { isInteractive } from '../output/is-interactive.js'
import { resolveProcessCount } from '../python/process-count.js'
import { resolveRunSettings } from '../settings/resolve-run-settings.js'
import type { RunFlags } from '../settings/run-flags.js'
import type { RunSettings } from '../settings/run-settings.js'
import { resolveTarget, type Target } from '../target/target.js'

/** A `run`, `deep` or `watch` as it was typed. */
export interface RunRequest {
  readonly profile: Profile
  readonly script: string
  readonly args: readonly string[]
  readonly flags: RunFlags
}

/**
 * Runs a training script, or the program that starts it. Returns its exit code.
 *
 * @throws {ConfigError} for a mistake of the user; nothing was created or started then.
 */
export async function run(request: RunRequest): Promise<number> {
  const { args } = request
  const cwd = process.cwd()
  const target = resolveTarget({
    name: request.script,
    isModule: request.flags.module === true,
    python: request.flags.python ?? null,
    cwd,
    environment: process.env,
  })
  const flags = withProcessCount(request.flags, target)
  const disabled = flags.disableTraceml === true || process.env[ENV.disabled] === '1'
  const resolved = resolveRunSettings({
    profile: request.profile,
    flags,
    environment: process.env,
    // A run that is not traced must not fail over a configuration that it does not need.
    loaded: disabled ? { path: null, config: {} } : await loadConfig(flags.config ?? null, cwd),
    cwd,
  })
  const settings = await withMasterPort(resolved, flags, target)
  if (disabled) return runNatively({ target, args, settings, cwd })
  const interactive = flags.live !== false && isInteractive()
  return launch({ target, args, settings, cwd, interactive })
}

function withProcessCount(flags: RunFlags, target: Target): RunFlags {
  if (target.kind !== 'python' || flags.nprocPerNode === undefined) return flags
  return { ...flags, nprocPerNode: resolveProcessCount(flags.nprocPerNode, target.interpreter) }
}

/** Two runs on one machine must not meet: ranks of one node meet at a port of their own. */
async function withMasterPort(
  settings: RunSettings,
  flags: RunFlags,
  target: Target,
): Promise<RunSettings> {
  const isLocal = settings.nnodes === 1 && flags.masterPort === undefined
  if (target.kind !== 'python' || !isLocal || !startsByTorchrun(settings)) return settings
  return { ...settings, masterPort: await findFreePort() }
}
