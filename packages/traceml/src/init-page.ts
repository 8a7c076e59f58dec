import { javaScriptSamplerSpec } from '@traceml/javascript/sampler'
import {
  type InitConfig,
  init as initRuntime,
  type PageInitOptions,
} from '@traceml/runtime/browser'

/**
 * `init` of `@traceml/runtime/browser` with everything that a page can find out: also whether it is
 * hidden, loses its GPU context or keeps its event loop waiting.
 *
 * @throws {InputError} `TRACEML_SDK_MISUSE` for a call that contradicts itself or an earlier one.
 */
export function init(options: PageInitOptions): InitConfig {
  return initRuntime({ ...options, samplers: [javaScriptSamplerSpec, ...(options.samplers ?? [])] })
}
