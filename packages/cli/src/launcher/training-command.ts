import { resolveTypeScriptLoader, type Script } from '../script.js'

/**
 * Arguments for Node that start the script: first the module that traces, then the TypeScript
 * loader where it is needed, then the script and its own arguments as they were given.
 */
export function trainingArguments(options: {
  readonly script: Script
  readonly scriptArgs: readonly string[]
  readonly traced: boolean
  readonly samplerModules: readonly string[]
}): readonly string[] {
  const { script } = options
  const needsLoader =
    script.isTypeScript ||
    (options.traced && options.samplerModules.some((url) => /\.[cm]?ts$/.test(url)))
  return [
    ...(options.traced ? ['--import', import.meta.resolve('@traceml/tfjs/preload')] : []),
    ...(needsLoader ? ['--import', resolveTypeScriptLoader(script.path)] : []),
    script.path,
    ...options.scriptArgs,
  ]
}
