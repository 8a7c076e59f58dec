import process from 'node:process'
import type { RuntimeHandle } from '../active-runtime.js'
import type { LayerRecorder } from '../layers/layer-library.js'
import type { StepSampler } from '../layers/step-sampler.js'
import { printWarning } from './warn-once.js'

/**
 * Loads the deep profile's part of the training process, which no other profile needs. What fails
 * costs one line on stderr, and layers are not measured.
 * @param sampler - Which steps are measured; default: by the budget of the environment.
 */
export async function loadLayers(
  runtime: Pick<RuntimeHandle, 'recorder' | 'phases' | 'options'>,
  sampler?: StepSampler,
): Promise<LayerRecorder | null> {
  if (runtime.options.profile !== 'deep') return null
  try {
    const { createStepSampler, layerBudgetFromEnv, startLayers } = await import('../layers.js')
    return startLayers(runtime, {
      sampler: sampler ?? createStepSampler({ budget: layerBudgetFromEnv(process.env) }),
      warn: printWarning,
    })
  } catch (error) {
    printWarning(`Layers are not measured: ${error instanceof Error ? error.message : error}`)
    return null
  }
}
