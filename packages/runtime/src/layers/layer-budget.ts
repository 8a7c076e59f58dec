import { DEFAULT_LAYER_BUDGET, ENV, parseLayerBudget } from '@traceml/contracts'

/**
 * The part of step time that the deep profile may cost, 0 to 1, as the launcher handed it to this
 * process; the default where it says nothing usable, since the training must not fail for it.
 */
export function layerBudgetFromEnv(env: Readonly<Record<string, string | undefined>>): number {
  return parseLayerBudget(env[ENV.layerBudget] ?? '') ?? DEFAULT_LAYER_BUDGET
}
