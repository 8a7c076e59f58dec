import { CONTROL_KEY, decodePayload, normalizeEnvelope, splitBatch } from '@traceml/codec'
import {
  type NormalizedEnvelope,
  type RankFinishedMessage,
  type RankStateMessage,
  SAMPLER_NAMES,
} from '@traceml/contracts'

const AGENT_STATS = SAMPLER_NAMES.agentStats.sampler

/** What the receiving side itself has to know of a payload. @internal */
export interface PayloadFacts {
  readonly finished: readonly RankFinishedMessage[]
  readonly states: readonly RankStateMessage[]
  /** True when there is nothing in it but control messages. */
  readonly controlsOnly: boolean
  /** Envelopes with the producers' own counters; all envelopes when the rank was asked for. */
  readonly envelopes: readonly NormalizedEnvelope[]
}

/**
 * Looks for the few things that matter on arrival. Most payloads are passed over by a search for
 * two words and never decoded here: null.
 *
 * @param always - Decode in any case, to learn the ranks. @internal
 */
export function observePayload(payload: Uint8Array, always: boolean): PayloadFacts | null {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  if (!always && !bytes.includes(CONTROL_KEY) && !bytes.includes(AGENT_STATS)) return null
  try {
    const { controls, items } = splitBatch(decodePayload(payload))
    const finished: RankFinishedMessage[] = []
    const states: RankStateMessage[] = []
    for (const control of controls) {
      if (control._traceml_control === 'rank_finished') finished.push(control)
      if (control._traceml_control === 'rank_state') states.push(control)
    }
    const envelopes: NormalizedEnvelope[] = []
    for (const item of items) {
      const envelope = normalizeEnvelope(item)
      if (envelope !== null) envelopes.push(envelope)
    }
    return { finished, states, envelopes, controlsOnly: items.length === 0 && controls.length > 0 }
  } catch {
    return null
  }
}
