import type { SamplerSpec } from '@traceml/contracts'
import { DEFAULTS } from '@traceml/contracts'
import { pageSamplerSpecs } from '@traceml/samplers/browser'
import { recordingRuntime } from '../active-runtime.js'
import { randomHex } from '../lifecycle/random-hex.js'
import type { InitConfig, InitConfigOptions } from '../sdk/init-config.js'
import { misuse } from '../sdk/misuse.js'
import { settleInit } from '../sdk/settle-init.js'
import { pageAddress } from './page-address.js'
import { startPageRuntime } from './start-page-runtime.js'

/** Options of `init` in a page or a worker of a page. */
export interface PageInitOptions extends InitConfigOptions {
  /** The address that `traceml serve --websocket` printed. */
  readonly url: string
  /** The server's token, where it is not in the address. */
  readonly token?: string
  /** Record nothing. */
  readonly disabled?: boolean
  /** Seconds between two samples of the page's memory; default 2. */
  readonly intervalSeconds?: number
  /** The last step to record. */
  readonly traceMaxSteps?: number
  /** Samplers of your own, beside the built-in ones. */
  readonly samplers?: readonly SamplerSpec[]
}

/**
 * Starts recording the training of this page or worker: call it where the training begins. Returns
 * at once; called again with the same configuration it returns the same object. What goes wrong in
 * here costs a line in the console and never the training.
 *
 * @example
 * ```ts
 * init({ url: 'ws://127.0.0.1:29766/?token=…' })
 * ```
 * @throws {InputError} `TRACEML_SDK_MISUSE` for a call that contradicts itself or an earlier one.
 */
export function init(options: PageInitOptions): InitConfig {
  const { url, token, disabled = false, intervalSeconds = DEFAULTS.intervalSeconds } = options
  return settleInit(options, disabled, () => {
    const address = pageAddress(url, token, randomHex(8))
    if (!(intervalSeconds > 0)) {
      throw misuse(
        `init was called with intervalSeconds ${String(intervalSeconds)}; give it seconds above 0.`,
      )
    }
    return startPageRuntime({
      address,
      intervalSeconds,
      traceMaxSteps: options.traceMaxSteps ?? null,
      samplers: [...pageSamplerSpecs, ...(options.samplers ?? [])],
    })
  })
}

/**
 * Says that the training has ended: sends what is left and lets the server finish the run without
 * waiting for the page to be closed. Does nothing when nothing is recorded. Resolves within about
 * two seconds, and never rejects.
 */
export async function finish(): Promise<void> {
  await recordingRuntime()?.stop()
}
