import type { LayerMeasure } from '../state/ui-state.js'
import type { FlameCost } from './flame-tree.js'

/** What the cost of a layer consists of: its class in the style sheet, and its name. */
export const LAYER_PARTS: Readonly<
  Record<LayerMeasure, readonly (readonly [name: string, label: string])[]>
> = {
  time: [
    ['forward', 'Forward'],
    ['backward', 'Backward'],
  ],
  memory: [
    ['parameters', 'Parameters'],
    ['outputs', 'Outputs'],
    ['gradients', 'Gradients of outputs'],
  ],
}

/** Those parts in percent of `whole`; nothing where it is not known what a cost consists of. */
export function partsOf(
  cost: FlameCost | null,
  by: LayerMeasure,
  whole: number,
): readonly (readonly [name: string, percent: number])[] {
  if (cost === null || !(whole > 0)) return []
  const values =
    by === 'time'
      ? [cost.forward_ms, cost.backward_ms]
      : [cost.param_bytes, cost.forward_bytes, cost.backward_bytes]
  return LAYER_PARTS[by].map(([name], index) => [name, ((values[index] ?? 0) / whole) * 100])
}
