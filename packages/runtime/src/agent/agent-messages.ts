import type { JsonObject } from '@traceml/contracts'
import type { RuntimeOptions } from '../lifecycle/runtime-options.js'
import type { SharedSizes } from '../recorder/shared-layout.js'

/** What the agent thread is started with. */
export interface AgentData {
  readonly buffer: SharedArrayBuffer
  readonly sizes: SharedSizes
  readonly options: RuntimeOptions
  /** Unix milliseconds at the zero of the training thread's `performance.now()`. */
  readonly timeOriginMs: number
}

/** From the training thread to the agent. */
export type AgentRequest =
  | { readonly type: 'stop' }
  | { readonly type: 'flush'; readonly id: number; readonly timeoutMs: number }
  | { readonly type: 'fact'; readonly topic: string; readonly fact: JsonObject }

/** From the agent to the training thread: everything up to flush `id` arrived, or did not. */
export interface AgentReply {
  readonly type: 'flushed'
  readonly id: number
  readonly delivered: boolean
}
