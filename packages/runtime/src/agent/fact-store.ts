import type { FactSource, JsonObject } from '@traceml/contracts'
import { FACT_LIMIT } from '@traceml/contracts'

/** Facts of the training thread as they arrive, kept until every reader had them. */
export interface FactStore extends FactSource {
  add(topic: string, fact: JsonObject): void
  /** Lets go of what every reader so far has had: to be called when all of them had their turn. */
  release(): void
}

interface Topic {
  facts: JsonObject[]
  /** Number of the first of `facts` since the start. */
  first: number
  dropped: number
  /** By reader: number of the next fact. */
  readonly positions: Map<string, number>
}

/** Makes an empty store. Bounded: a topic that nobody reads keeps its newest facts. */
export function createFactStore(): FactStore {
  const topics = new Map<string, Topic>()
  const topicOf = (name: string): Topic => {
    let topic = topics.get(name)
    if (topic === undefined) {
      topic = { facts: [], first: 0, dropped: 0, positions: new Map() }
      topics.set(name, topic)
    }
    return topic
  }
  const end = (topic: Topic): number => topic.first + topic.facts.length
  return {
    add(name, fact) {
      const topic = topicOf(name)
      topic.facts.push(fact)
      if (topic.facts.length <= FACT_LIMIT) return
      topic.facts.shift()
      topic.first += 1
      topic.dropped += 1
    },
    read(reader, name, visit) {
      const topic = topicOf(name)
      const from = Math.max(topic.positions.get(reader) ?? 0, topic.first)
      topic.positions.set(reader, end(topic))
      for (const fact of topic.facts.slice(from - topic.first)) visit(fact)
    },
    hasUnread(reader, name) {
      const topic = topicOf(name)
      return topic.facts.length > 0 && (topic.positions.get(reader) ?? 0) < end(topic)
    },
    release() {
      for (const topic of topics.values()) {
        if (topic.positions.size === 0) continue
        const slowest = Math.min(...topic.positions.values())
        topic.facts.splice(0, Math.max(0, slowest - topic.first))
        topic.first = Math.max(topic.first, slowest)
      }
    },
    droppedFacts: (name) => topicOf(name).dropped,
  }
}
