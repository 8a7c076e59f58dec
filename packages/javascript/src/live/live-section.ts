import {
  type CustomSampleRow,
  defineLiveSection,
  type JsonObject,
  type LiveSectionSpec,
} from '@traceml/contracts'
import { createJavaScriptContext, type JavaScriptContext } from '../domain/context.js'
import { diagnoseJavaScript } from '../domain/diagnose.js'
import { JAVASCRIPT_POLICY, type JavaScriptPolicy } from '../domain/policy.js'
import { JAVASCRIPT_DOMAIN } from '../domain/rule.js'
import { JAVASCRIPT_SAMPLER } from '../row.js'
import { JAVASCRIPT_METRICS } from '../section/model.js'
import { newestByRank } from '../section/section.js'

/** The same findings while the training runs. */
export function createJavaScriptLiveSection(
  policy: Partial<JavaScriptPolicy> = JAVASCRIPT_POLICY,
): LiveSectionSpec {
  return defineLiveSection({
    apiVersion: 1,
    kind: 'live-section',
    id: JAVASCRIPT_DOMAIN,
    title: 'JavaScript',
    create() {
      // The newest row of a rank says everything.
      const newest = new Map<number, CustomSampleRow>()
      return {
        add({ custom = [] }) {
          const own = custom.filter(({ sampler }) => sampler === JAVASCRIPT_SAMPLER)
          for (const row of own) newest.set(row.global_rank ?? 0, row)
          return own.length > 0
        },
        read() {
          const context = createJavaScriptContext(newestByRank([...newest.values()]))
          if (context.ranks.length === 0) return null
          const { primary, issues } = diagnoseJavaScript(context, policy)
          return { diagnosis: primary, issues, body: bodyOf(context) }
        },
      }
    },
  })
}

/** {@link createJavaScriptLiveSection} with its defaults. */
export const javaScriptLiveSection: LiveSectionSpec = /* @__PURE__ */ createJavaScriptLiveSection()

/** The metrics of the report's section, by rank. */
function bodyOf({ ranks }: JavaScriptContext): JsonObject {
  return {
    ranks: ranks.map((rank) => ({
      global_rank: rank.globalRank,
      backend: rank.row.counters?.backend ?? null,
      steps: rank.row.steps.newest,
      ...Object.fromEntries(JAVASCRIPT_METRICS.map(({ name, read }) => [name, read(rank)])),
    })),
  }
}
