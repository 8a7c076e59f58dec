import type {
  JavaScriptContextLostFact,
  JavaScriptCountersFact,
  JavaScriptFact,
  JavaScriptGarbageFact,
  JavaScriptLoopFact,
  JavaScriptSiteFact,
  JsonObject,
} from '@traceml/contracts'
import { type JavaScriptRuntimeRow, type VisibilityTotals, WARMUP_STEPS } from '../row.js'
import { createHeldSteps } from './held-steps.js'
import { createRecentMedian } from './recent-median.js'

/** Lines of the program of each kind that a row carries. */
const SITES_PER_KIND = 5
/** Lines that are remembered; a program has few. */
const MAX_SITES = 256

/** The newest of what the training thread published. */
export interface FactState {
  add(fact: JsonObject): void
  /** A step after the warm-up took so long. */
  addStep(step: number, stepMs: number, endSeconds: number): void
  read(): Pick<
    JavaScriptRuntimeRow,
    'counters' | 'loop' | 'garbage' | 'context_lost' | 'sites' | 'visibility' | 'gpu_pool'
  >
}

/** Creates the state before the first fact. */
export function createFactState(): FactState {
  let counters: JavaScriptCountersFact | null = null
  let loop: JavaScriptLoopFact | null = null
  let garbage: JavaScriptGarbageFact | null = null
  let lost: JavaScriptContextLostFact | null = null
  const sites = new Map<string, JavaScriptSiteFact>()
  const hidden = createRecentMedian()
  const shown = createRecentMedian()
  const held = createHeldSteps()
  /** Steps at which the page was hidden or shown, oldest first. */
  const changes: { readonly step: number; readonly hidden: boolean }[] = []
  let isHidden = false
  let hiddenSince: number | null = null
  let poolStart: number | null = null
  let poolMost = 0
  let poolRises = 0

  function addCounters(fact: JavaScriptCountersFact): void {
    counters = fact
    const allocated = fact.gpu_allocated_bytes
    if (allocated === null || fact.step <= WARMUP_STEPS) return
    if (poolStart === null) poolStart = allocated
    else if (allocated > poolMost) poolRises += 1
    poolMost = Math.max(poolMost, allocated)
  }

  function visibility(): VisibilityTotals {
    return {
      hidden_since_step: isHidden ? hiddenSince : null,
      hidden_steps: hidden.count,
      hidden_median_ms: hidden.read(),
      shown_median_ms: shown.read(),
      ...held.read(),
    }
  }

  function addSite(site: JavaScriptSiteFact): void {
    const key = `${site.of} ${site.at}`
    if (sites.has(key) || sites.size < MAX_SITES) sites.set(key, site)
  }

  return {
    add(fact) {
      const known = fact as JavaScriptFact
      if (known.kind === 'counters') addCounters(known)
      else if (known.kind === 'loop') loop = known
      else if (known.kind === 'garbage') garbage = known
      else if (known.kind === 'site') addSite(known)
      // The first one is what the others follow from.
      else if (known.kind === 'context_lost') lost ??= known
      else if (known.kind === 'visibility') {
        changes.push(known)
        held.change(known)
      }
    },
    addStep(step, stepMs, endSeconds) {
      held.add(stepMs, endSeconds)
      while (changes[0] !== undefined && changes[0].step < step) {
        isHidden = changes[0].hidden
        hiddenSince = changes[0].step
        changes.shift()
      }
      if (isHidden) hidden.add(stepMs)
      else shown.add(stepMs)
    },
    read: () => ({
      counters,
      loop,
      garbage,
      context_lost: lost,
      sites: mostFrequent([...sites.values()]),
      visibility: visibility(),
      gpu_pool: { start_bytes: poolStart, rises: poolRises },
    }),
  }
}

function mostFrequent(sites: readonly JavaScriptSiteFact[]): readonly JavaScriptSiteFact[] {
  return (['sync_read', 'async_read', 'leaked_tensor'] as const).flatMap((of) =>
    sites
      .filter((site) => site.of === of)
      .toSorted((a, b) => b.count - a.count || (a.at < b.at ? -1 : 1))
      .slice(0, SITES_PER_KIND),
  )
}
