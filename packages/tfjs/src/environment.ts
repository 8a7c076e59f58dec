import type { TrainingEnvironment } from '@traceml/contracts'

/**
 * What is known of the training's environment without looking at the model.
 * @param backend - Name of the backend, or null when it is not known yet.
 * @param worldSize - Value of `WORLD_SIZE`, as text; absent or below 2 means one process.
 */
export function describeTraining(
  backend: string | null,
  worldSize: string | undefined,
): TrainingEnvironment {
  const distributed = worldSize !== undefined && Number.parseInt(worldSize, 10) > 1
  return {
    backend,
    trainingStrategy: distributed ? 'distributed_unknown' : 'single_process',
    strategySource: 'topology',
    strategyConfidence: distributed ? 'low' : 'high',
  }
}
