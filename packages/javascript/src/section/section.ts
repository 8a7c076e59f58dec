import {
  type CustomSampleRow,
  defineSection,
  type RankIdentity,
  type SummarySection,
} from '@traceml/contracts'
import { BY_NUMBER, sampleWindow, sectionPayload, topologyMode } from '@traceml/reporting'
import {
  createJavaScriptContext,
  type JavaScriptContext,
  type JavaScriptRankInput,
} from '../domain/context.js'
import { diagnoseJavaScript } from '../domain/diagnose.js'
import { JAVASCRIPT_POLICY, type JavaScriptPolicy } from '../domain/policy.js'
import { readRow } from '../domain/read-row.js'
import { JAVASCRIPT_DOMAIN } from '../domain/rule.js'
import { JAVASCRIPT_SAMPLER, JAVASCRIPT_TABLE } from '../row.js'
import { javaScriptCard } from './card.js'
import { JAVASCRIPT_METRICS } from './model.js'

/** Rows that are read: the newest of every rank is all that counts, and they come every two seconds. */
const MAX_ROWS = 4_096

/** Options of {@link createJavaScriptSection}. */
export interface JavaScriptSectionOptions {
  /** Thresholds; missing ones are those of `JAVASCRIPT_POLICY`. */
  readonly policy?: Partial<JavaScriptPolicy>
  /** Its finding may be the run's verdict. Default true. */
  readonly leads?: boolean
}

/** The section of the findings that only the inside of a JavaScript runtime shows. */
export function createJavaScriptSection(
  options: JavaScriptSectionOptions = {},
): SummarySection<JavaScriptContext> {
  const policy = { ...JAVASCRIPT_POLICY, ...options.policy }
  return defineSection<JavaScriptContext>({
    apiVersion: 1,
    kind: 'section',
    id: JAVASCRIPT_DOMAIN,
    title: 'JavaScript',
    indexBy: 'global_rank',
    leads: options.leads ?? true,
    async load({ store, windowRows }) {
      const rows = await store.readCustom({
        sampler: JAVASCRIPT_SAMPLER,
        table: JAVASCRIPT_TABLE,
        limit: Math.min(windowRows, MAX_ROWS),
      })
      return createJavaScriptContext(newestByRank(rows))
    },
    applies: ({ ranks }) => ranks.length > 0,
    build: (context) => {
      const { issues, primary } = diagnoseJavaScript(context, policy)
      const { ranks } = context
      const newest = Math.max(0, ...ranks.map(({ row }) => row.ts))
      return sectionPayload({
        indexBy: 'global_rank',
        metrics: JAVASCRIPT_METRICS,
        rows: ranks.map((rank) => ({
          id: String(rank.globalRank),
          identity: rank.identity,
          facts: rank,
        })),
        issues,
        order: BY_NUMBER,
        metadata: {
          mode: topologyMode(ranks.map(({ identity }) => identity)),
          samples: ranks.reduce((sum, { row }) => sum + row.steps.counted, 0),
          global_ranks_seen: ranks.length,
          global_ranks_used: ranks.length,
        },
        window: sampleWindow(ranks.reduce((sum, { row }) => sum + row.steps.counted, 0)),
        units: { time: 'ms', memory: 'bytes' },
        card: () => javaScriptCard(context, issues),
        details: {
          confidence: primary.confidence,
          newest_sample_ts_s: newest > 0 ? newest : null,
          series: null,
        },
      })
    },
  })
}

/** {@link createJavaScriptSection} with its defaults. */
export const javaScriptSection: SummarySection<JavaScriptContext> =
  /* @__PURE__ */ createJavaScriptSection()

/** The newest row of every rank as input of the domain; `rows` are oldest first. */
export function newestByRank(rows: readonly CustomSampleRow[]): readonly JavaScriptRankInput[] {
  const newest = new Map<number, CustomSampleRow>()
  for (const row of rows) newest.set(row.global_rank ?? 0, row)
  return [...newest].map(([globalRank, row]) => ({
    identity: identityOf(globalRank, row),
    row: readRow(row.row),
  }))
}

function identityOf(globalRank: number, row: CustomSampleRow): RankIdentity {
  return {
    global_rank: globalRank,
    local_rank: null,
    node_rank: row.node_rank,
    hostname: row.hostname,
    local_world_size: null,
    world_size: null,
  }
}
