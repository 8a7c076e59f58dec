import type { ControlMessage } from '@traceml/contracts'
import { isWireMap } from './coerce.js'
import { parseControl } from './control.js'

/** What one payload holds. */
export interface SplitBatch {
  readonly controls: readonly ControlMessage[]
  /** Maps that are no known control, in order; most are envelopes. */
  readonly items: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Sorts the value of a payload into control messages and the rest. A list is a batch, a map a
 * single message; anything else, nested lists included, is empty.
 */
export function splitBatch(value: unknown): SplitBatch {
  const controls: ControlMessage[] = []
  const items: Record<string, unknown>[] = []
  for (const item of Array.isArray(value) ? value : [value]) {
    if (!isWireMap(item)) continue
    const control = parseControl(item)
    if (control === null) items.push(item)
    else controls.push(control)
  }
  return { controls, items }
}
