import { PHASE_INDEX } from '@traceml/contracts'
import type { PhaseGuard } from '../phase-guard.js'
import type { RingStepRecorder } from '../recorder/step-recorder.js'
import type { LayerLibrary } from './layer-library.js'

/**
 * What is known without a tensor library: the SDK's steps and phases, and the bytes of typed arrays.
 * A layer that is called within the phase `backward` is a backward pass of its own.
 */
export function plainLibrary(recorder: RingStepRecorder, phases: PhaseGuard): LayerLibrary {
  return {
    get inStep() {
      return phases.stepOpen && recorder.boundaryOwner === 'sdk'
    },
    get inBackward() {
      return phases.isOpen(PHASE_INDEX.backward)
    },
    followsBackward: null,
    claim() {},
    noteOutput: (_call, output) => bytesOf(output),
  }
}

function bytesOf(output: unknown): number | null {
  if (ArrayBuffer.isView(output)) return output.byteLength
  if (!Array.isArray(output)) return null
  let bytes: number | null = null
  for (const part of output) if (ArrayBuffer.isView(part)) bytes = (bytes ?? 0) + part.byteLength
  return bytes
}
