import type { JavaScriptSiteFact } from '@traceml/contracts'
import type { CallSite } from './call-site.js'

/** More lines than a program has that do one thing. */
const MAX_SITES = 64

/** How often lines of the program were found, by what happens there. */
export interface SiteCounts {
  add(of: JavaScriptSiteFact['of'], site: CallSite): void
  /** The facts that are new since the last call. */
  take(): readonly JavaScriptSiteFact[]
}

/** Creates empty counts. */
export function createSiteCounts(): SiteCounts {
  const counts = new Map<string, JavaScriptSiteFact>()
  const changed = new Set<string>()
  return {
    add(of, { at, name }) {
      const key = `${of} ${at}`
      const known = counts.get(key)
      if (known === undefined && counts.size >= MAX_SITES) return
      counts.set(key, { kind: 'site', of, at, name, count: (known?.count ?? 0) + 1 })
      changed.add(key)
    },
    take() {
      const facts = [...changed].flatMap((key) => counts.get(key) ?? [])
      changed.clear()
      return facts
    },
  }
}
