import { errorMessage, type LiveFreshness, type LiveSection } from '@traceml/contracts'
import type { SectionResult } from './result.js'

/**
 * Computes one section only when something is new, and keeps its last good result: a section that
 * throws says so and costs no other.
 *
 * @internal
 */
export class SectionCache<Body, Result extends SectionResult<Body> = SectionResult<Body>> {
  readonly #id: string
  readonly #title: string
  #version: string | null = null
  #error: string | null = null
  result: Result | null = null

  constructor(id: string, title: string) {
    this.#id = id
    this.#title = title
  }

  /**
   * @param version - What the result depends on, as text: while it stays, nothing is computed.
   * @param compute - Null: there is nothing yet.
   */
  read(version: string, freshness: LiveFreshness, compute: () => Result | null): LiveSection<Body> {
    if (freshness.state === 'not_applicable') return this.#section(freshness, null)
    if (version !== this.#version) {
      this.#version = version
      try {
        this.result = compute() ?? this.result
        this.#error = null
      } catch (error) {
        this.#error = `This section could not be computed: ${errorMessage(error)}`
      }
    }
    return this.#section(freshness, this.result)
  }

  #section(freshness: LiveFreshness, result: Result | null): LiveSection<Body> {
    return {
      id: this.#id,
      title: this.#title,
      freshness,
      verdict: result?.verdict ?? null,
      issues: result?.issues ?? [],
      body: result?.body ?? null,
      error: this.#error,
    }
  }
}
