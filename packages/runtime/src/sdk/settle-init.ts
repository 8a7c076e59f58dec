import { initState, setInitState } from '../active-runtime.js'
import type { InitConfig, InitConfigOptions } from './init-config.js'
import { DISABLED_CONFIG, isSameConfig, resolveInitConfig } from './init-config.js'
import { misuse } from './misuse.js'

/**
 * What a call of `init` comes to: the first one calls `start` and is remembered, the others must
 * ask for the same.
 *
 * @param off - Nothing is to be recorded.
 * @param start - Starts recording; false when nothing is recorded after all.
 * @throws {InputError} `TRACEML_SDK_MISUSE` for a call that contradicts itself or an earlier one.
 * @internal
 */
export function settleInit(
  options: InitConfigOptions,
  off: boolean,
  start: () => boolean,
): InitConfig {
  const requested = off ? DISABLED_CONFIG : resolveInitConfig(options)
  const known = initState()
  if (known !== null) {
    if (isSameConfig(known.requested, requested)) return known.config
    throw misuse(
      `init was called with ${JSON.stringify(requested)} after ${JSON.stringify(known.requested)}; call it once, or with the same options.`,
    )
  }
  const config = off || !start() ? DISABLED_CONFIG : requested
  setInitState({ requested, config })
  return config
}

/** What `init` settled, or null before it was called. */
export function getInitConfig(): InitConfig | null {
  return initState()?.config ?? null
}
