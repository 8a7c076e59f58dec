import type { JsonObject } from './json.js'

/**
 * Facts that the training thread publishes now and then, beside its steps: what is rare or sampled,
 * or has no fixed size (the layers of a sampled step, a call site, a lost context). A fact belongs
 * to a topic, which its publisher and its readers agree on.
 */
export interface FactSource {
  /**
   * Calls `visit` for every fact of `topic` since this reader's last call, oldest first. Each reader
   * (one per sampler) has its own position. A fact that nobody has read is kept until
   * {@link FACT_LIMIT} newer ones of its topic have come.
   */
  read(reader: string, topic: string, visit: (fact: JsonObject) => void): void
  /** True when `reader` has unread facts of `topic`. */
  hasUnread(reader: string, topic: string): boolean
  /** Facts of `topic` that were given up before every reader had them. */
  droppedFacts(topic: string): number
}

/** Unread facts that are kept per topic. */
export const FACT_LIMIT = 1_024
