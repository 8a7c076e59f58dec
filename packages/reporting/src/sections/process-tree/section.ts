import { formatFixed } from '@traceml/analysis'
import type { Issue, SectionPayload, SummarySection } from '@traceml/contracts'
import { defineSection, plainLine, SAMPLER_NAMES } from '@traceml/contracts'
import { fallbackPayload } from '../fallback.js'
import { sectionMetadata } from '../shared/metadata.js'
import { peakDetails } from '../shared/peaks.js'
import { BY_TEXT, rollUp } from '../shared/roll-up.js'
import { sampleWindow } from '../shared/windows.js'
import { topologyMode } from '../topology.js'
import { memberFacts, treeFacts } from './facts.js'
import { formatProcessTreeCard } from './format.js'
import {
  type MemberFacts,
  PROCESS_TREE_METRICS,
  PROCESS_TREE_PEAKS,
  type ProcessTreeRows,
  type TreeFacts,
} from './model.js'

const TITLE = 'Processes of the program'
const INDEX = 'global_rank'

/**
 * The section of a watched program: what all its processes used together, and each of them. It
 * judges nothing; it is not part of the reports of traced trainings.
 */
export const processTreeSection: SummarySection<ProcessTreeRows> =
  /* @__PURE__ */ defineSection<ProcessTreeRows>({
    apiVersion: 1,
    kind: 'section',
    id: 'process_tree',
    title: TITLE,
    indexBy: INDEX,
    async load({ store, windowRows: limit }) {
      const { sampler, table } = SAMPLER_NAMES.processTree
      const trees = await store.readCustom({ sampler, table, limit })
      const members = await store.readCustom({ sampler, table: `${table}_members`, limit })
      return { trees, members }
    },
    build: ({ trees, members }) => buildProcessTree(treeFacts(trees), memberFacts(members)),
  })

function buildProcessTree(
  trees: readonly TreeFacts[],
  members: readonly MemberFacts[],
): SectionPayload {
  const looks = trees.reduce((total, tree) => total + tree.looks, 0)
  if (looks === 0) {
    return fallbackPayload({
      title: TITLE,
      indexBy: INDEX,
      summary: 'The program ended before it was looked at, or this system does not show processes.',
      action: 'Watch a program that runs for a second at least, on Linux.',
    })
  }
  const rows = trees.map((facts) => ({
    id: String(facts.identity.global_rank ?? 0),
    identity: facts.identity,
    facts,
  }))
  const rolled = rollUp(PROCESS_TREE_METRICS, rows, BY_TEXT)
  const diagnosis = finding(members)
  return {
    metadata: sectionMetadata({
      mode: topologyMode(rows.map(({ identity }) => identity)),
      duration_s: null,
      samples: looks,
      global_ranks_seen: rows.length,
      global_ranks_used: rows.length,
      section_metric_names: PROCESS_TREE_METRICS.map(({ name }) => name),
    }),
    diagnosis,
    issues: [diagnosis],
    global: {
      index_by: INDEX,
      window: sampleWindow(looks),
      average: rolled.average,
      median: rolled.median,
      worst: rolled.worst,
    },
    groups: { by: INDEX, rows: rolled.rows },
    units: { memory: 'bytes', cpu: '%' },
    card: formatProcessTreeCard(TITLE, trees, members),
    details: {
      median: rolled.middle,
      ...peakDetails(PROCESS_TREE_PEAKS, rows, BY_TEXT),
      confidence: null,
      series: null,
    },
  }
}

/** Which process used most; a fact, not a fault. */
function finding(members: readonly MemberFacts[]): Issue {
  const [first] = members
  const share = first?.cpuShare ?? null
  return {
    kind: 'PROCESS_TREE',
    status: 'RECORDED',
    severity: 'info',
    summary:
      first === undefined || share === null
        ? 'No process of the program used processor time while it was looked at.'
        : `${plainLine(first.name)} (process ${first.pid}) used ${formatFixed(100 * share, 0)}% of the processor time of the program.`,
    action: '',
    metric: 'cpu_percent',
    phase: null,
    score: null,
    share_pct: share,
    skew_pct: null,
    ranks: [],
    evidence: {},
  }
}
