import { TRAINING_STRATEGIES, type TrainingStrategy } from '@traceml/contracts'

/**
 * Reads a stored training strategy: blanks and case are ignored; anything unknown, and null, acts
 * as `ddp`.
 */
export function parseTrainingStrategy(text: string | null): TrainingStrategy {
  const key = text?.trim().toLowerCase()
  return TRAINING_STRATEGIES.find((strategy) => strategy === key) ?? 'ddp'
}
