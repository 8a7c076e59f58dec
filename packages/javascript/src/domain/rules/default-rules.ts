import type { JavaScriptRule } from '../rule.js'
import { backgroundTabRule } from './background-tab.js'
import { compileWarmupRule } from './compile-warmup.js'
import { contextLostRule } from './context-lost.js'
import { counterUnreliableRule } from './counter-unreliable.js'
import { eventLoopBlockedRule } from './event-loop-blocked.js'
import { garbageCollectionRule } from './garbage-collection.js'
import { gpuPoolGrowthRule } from './gpu-pool-growth.js'
import { recompilesRule } from './recompiles.js'
import { syncStallRule } from './sync-stall.js'
import { tensorLeakRule } from './tensor-leak.js'
import { tensorLeakPerCallRule } from './tensor-leak-per-call.js'
import { uploadBoundRule } from './upload-bound.js'
import { wasmHeapGrowthRule } from './wasm-heap-growth.js'
import { wrongBackendRule } from './wrong-backend.js'
import { yieldOverheadRule } from './yield-overhead.js'

/** The rules of the domain; at equal severity the earlier one leads. */
export const defaultJavaScriptRules: readonly JavaScriptRule[] = [
  contextLostRule,
  tensorLeakRule,
  tensorLeakPerCallRule,
  backgroundTabRule,
  wrongBackendRule,
  syncStallRule,
  yieldOverheadRule,
  garbageCollectionRule,
  uploadBoundRule,
  recompilesRule,
  gpuPoolGrowthRule,
  wasmHeapGrowthRule,
  eventLoopBlockedRule,
  compileWarmupRule,
  counterUnreliableRule,
]
