import { JAVASCRIPT_TOPIC, type JavaScriptContextLostFact } from '@traceml/contracts'
import { type EngineLike, hasMembers, isFunction, type Members } from '../library.js'
import type { TrackedRecorder } from '../tracker-types.js'
import { readEngineMemory } from './engine-memory.js'

const EVENT = 'webglcontextlost'

/**
 * Publishes when the browser takes away the WebGL context that a backend computes in.
 * @returns Ends it. Null where there is no such context.
 */
export function watchContext(engine: EngineLike, recorder: TrackedRecorder): (() => void) | null {
  const { backend } = engine as unknown as Members
  const gpgpu = hasMembers(backend) ? backend['gpgpu'] : null
  const gl = hasMembers(gpgpu) ? gpgpu['gl'] : null
  const canvas = hasMembers(gl) ? gl['canvas'] : null
  if (!hasMembers(canvas) || !isFunction(canvas['addEventListener'])) return null
  const onLost = (): void => {
    const fact: JavaScriptContextLostFact = {
      kind: 'context_lost',
      api: 'webgl',
      step: recorder.completedSteps?.() ?? 0,
      gpu_bytes: readEngineMemory(engine).gpu_used_bytes,
    }
    recorder.publish(JAVASCRIPT_TOPIC, fact)
  }
  canvas['addEventListener'].call(canvas, EVENT, onLost)
  return () => {
    const remove = canvas['removeEventListener']
    if (isFunction(remove)) remove.call(canvas, EVENT, onLost)
  }
}
