import type { LivePayload } from '@traceml/contracts'
import { shown } from '../state/live-state.js'
import { useStore } from '../state/store.js'

/**
 * A part of the payload that is drawn; the component is drawn again when that part changed, which is
 * told by identity: parts that stay the same stay the same object. Null before the first payload.
 */
export function usePayload<Part>(select: (payload: LivePayload) => Part): Part | null {
  return useStore(shown, (received) =>
    received === null ? null : select(received.document.payload),
  )
}
