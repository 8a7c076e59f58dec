import type { RunSettings } from '../../settings/run-settings.js'
import type { Target } from '../../target/target.js'
import { resolveTypeScriptLoader } from '../../target/typescript-loader.js'
import type { AggregatorAddress } from '../training-environment.js'

/**
 * Arguments for Node that start the script: first the module that traces, then the TypeScript
 * loader where it is needed, then the script and its own arguments as they were given.
 */
export function nodeArguments(options: {
  readonly target: Extract<Target, { kind: 'node' }>
  readonly args: readonly string[]
  readonly settings: Pick<RunSettings, 'samplerModules'>
  readonly address: AggregatorAddress | null
}): readonly string[] {
  const { target } = options
  const isTraced = options.address !== null
  const needsLoader =
    target.isTypeScript ||
    (isTraced && options.settings.samplerModules.some((url) => /\.[cm]?ts$/.test(url)))
  return [
    ...(isTraced ? ['--import', import.meta.resolve('@traceml/tfjs/preload')] : []),
    ...(needsLoader ? ['--import', resolveTypeScriptLoader(target.path)] : []),
    target.path,
    ...options.args,
  ]
}
