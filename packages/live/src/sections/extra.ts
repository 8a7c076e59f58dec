import type {
  JsonObject,
  LiveFacts,
  LiveRowBatch,
  LiveSection,
  LiveSectionSpec,
} from '@traceml/contracts'
import { Arrivals } from '../freshness/arrivals.js'
import { sampleFreshness } from '../freshness/group-freshness.js'
import { liveIssue, sectionVerdict } from '../verdicts/section-verdict.js'
import { SectionCache } from './cache.js'
import type { SectionResult } from './result.js'

/** A section of somebody else's, with its age. @internal */
export class ExtraSection {
  readonly id: string
  readonly #title: string
  readonly #cache: SectionCache<JsonObject>
  readonly #reader: ReturnType<LiveSectionSpec['create']>
  readonly #arrivals: Arrivals
  #version = 0

  constructor({ id, title, create }: LiveSectionSpec, intervalS: number) {
    this.id = id
    this.#title = title
    this.#cache = new SectionCache<JsonObject>(id, title)
    this.#reader = create()
    this.#arrivals = new Arrivals(intervalS)
  }

  add(batch: LiveRowBatch, nowS: number): void {
    try {
      if (!this.#reader.add(batch)) return
    } catch {
      // What it could not take in it does without; the next rows may be others.
      return
    }
    this.#version += 1
    this.#arrivals.note(nowS, null)
  }

  /** Null while there is nothing of its kind. */
  section(facts: LiveFacts): LiveSection<JsonObject> | null {
    if (this.#version === 0) return null
    const what = `sample of ${this.#title}`
    const age = sampleFreshness(this.#arrivals, facts, what)
    const section = this.#cache.read(String(this.#version), age, () => this.#compute())
    return section.verdict === null && section.error === null ? null : section
  }

  #compute(): SectionResult<JsonObject> | null {
    const result = this.#reader.read()
    if (result === null) return null
    const ranks = result.issues[0]?.ranks ?? []
    return {
      verdict: sectionVerdict(this.id, result.diagnosis, { ranks, evidence: [] }),
      issues: result.issues.map(liveIssue),
      body: result.body,
    }
  }
}
