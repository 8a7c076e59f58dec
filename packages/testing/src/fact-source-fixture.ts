import type { FactSource, JsonObject } from '@traceml/contracts'

/** A source of given facts for tests; `push` publishes more of them. */
export interface FactSourceFixture extends FactSource {
  push(...facts: readonly JsonObject[]): void
}

/** Makes a source of facts of one topic that are published already; every reader sees all of them. */
export function createFactSourceFixture(
  topic: string,
  facts: readonly JsonObject[] = [],
): FactSourceFixture {
  const all = [...facts]
  const positions = new Map<string, number>()
  const positionOf = (reader: string): number => positions.get(reader) ?? 0
  return {
    push: (...more) => {
      all.push(...more)
    },
    read(reader, wanted, visit) {
      if (wanted !== topic) return
      const unread = all.slice(positionOf(reader))
      positions.set(reader, all.length)
      for (const fact of unread) visit(fact)
    },
    hasUnread: (reader, wanted) => wanted === topic && positionOf(reader) < all.length,
    droppedFacts: () => 0,
  }
}
