import {
  type LiveExtraSections,
  type LiveFacts,
  type LiveNode,
  type LiveRank,
  type LiveRunInfo,
  type LiveSections,
  type LiveVerdict,
  SEVERITY_RANK,
} from '@traceml/contracts'
import { sayDuration, sayNumbers } from '../freshness/freshness.js'
import { evidence } from './section-verdict.js'

/** Sections in the order in which they lead at the same severity. */
const ORDER = ['step_time', 'step_memory', 'process', 'system'] as const

/** What the verdict of a run is made of. @internal */
export interface RunVerdictInput {
  readonly run: LiveRunInfo
  readonly facts: LiveFacts
  readonly ranks: readonly LiveRank[]
  readonly nodes: readonly LiveNode[]
  readonly sections: LiveSections
  readonly extraSections: LiveExtraSections
  /** Ranks whose process is silent although they are connected. */
  readonly silent: ReadonlySet<number>
}

/** The verdict of the run: a rank that is gone or hangs first, then the most severe section. @internal */
export function runVerdict(input: RunVerdictInput): LiveVerdict {
  return lostVerdict(input) ?? stalledVerdict(input) ?? sectionsVerdict(input)
}

function base(kind: string, status: string): Omit<LiveVerdict, 'summary' | 'action'> {
  return {
    section: 'run',
    kind,
    status,
    severity: 'crit',
    tone: 'crit',
    note: null,
    confidence: null,
    confidence_label: null,
    ranks: [],
    evidence: [],
  }
}

function lostVerdict({ ranks, nodes }: RunVerdictInput): LiveVerdict | null {
  const lost = ranks.filter(({ freshness }) => freshness.state === 'lost_source')
  const first = lost[0]
  if (first === undefined) return null
  const numbers = lost.map(({ global_rank: rank }) => rank)
  const gone = nodes.filter(
    (node) => node.freshness.state === 'lost_source' && (nodes.length > 1 || ranks.length === 1),
  )
  const isNode = nodes.length > 1 && gone.length > 0
  const names = `${lost.length === 1 ? 'Rank' : 'Ranks'} ${sayNumbers(numbers)}`
  const hosts = gone.map(({ node_rank: rank, hostname }) => `${rank ?? '?'} (${hostname ?? 'n/a'})`)
  const where = isNode ? `Node ${hosts.slice(0, 4).join(', ')} is lost: ` : ''
  const at = first.last_step === null ? 'before the first step' : `after step ${first.last_step}`
  const text = isNode ? names.replace('Rank', 'rank') : names
  return {
    ...base(isNode ? 'LOST_NODE' : 'LOST_RANK', isNode ? 'LOST NODE' : 'LOST RANK'),
    summary: `${where}${text} left without saying goodbye ${at}.`,
    action: isNode
      ? "Look at that node's system log for a crash, a lost network or an out-of-memory kill."
      : 'Look at its output and the system log for a crash or an out-of-memory kill.',
    ranks: numbers,
    evidence: [
      ...evidence('last_step', 'last step', first.last_step, 'count'),
      ...evidence('lost_ranks', 'ranks lost', lost.length, 'count'),
    ],
  }
}

function stalledVerdict({ ranks, silent, facts }: RunVerdictInput): LiveVerdict | null {
  if (facts.status === 'ended') return null
  const stalled = ranks.filter(({ freshness }) => freshness.state === 'stalled')
  if (stalled.length === 0) return null
  const culprits = culpritsOf(stalled, silent)
  const first = culprits[0] as LiveRank
  const waiting = stalled.filter((rank) => !culprits.includes(rank))
  const numbers = culprits.map(({ global_rank: rank }) => rank)
  const many = culprits.length > 1
  const step = first.last_step === null ? 'no step yet' : `no step after step ${first.last_step}`
  const age = sayDuration(first.freshness.age_s ?? 0)
  const isSilent = culprits.every(({ global_rank: rank }) => silent.has(rank))
  const life = isSilent
    ? `${many ? 'their processes send' : 'its process sends'} nothing either`
    : `${many ? 'their processes still report' : 'its process still reports'}`
  const others =
    waiting.length === 0
      ? ''
      : ` ${waiting.length === 1 ? 'Rank' : 'Ranks'} ${sayNumbers(waiting.map((rank) => rank.global_rank))} ${waiting.length === 1 ? 'has' : 'have'} stopped, too.`
  return {
    ...base('STALLED', 'STALLED'),
    summary: `${many ? 'Ranks' : 'Rank'} ${sayNumbers(numbers)} ${many ? 'have' : 'has'} completed ${step} for ${age}; ${life}.${others}`,
    action: isSilent
      ? 'Look whether the process is stopped, swapped out or cut off from the network.'
      : 'Look at the stack of that process (py-spy dump, node --inspect): a collective that one rank never joined, a deadlock, or a slow checkpoint.',
    ranks: numbers,
    evidence: [
      ...evidence('last_step', 'last step', first.last_step, 'count'),
      ...evidence('age_s', 'since', first.freshness.age_s, 's'),
      ...evidence('expected_s', 'usually', first.freshness.expected_interval_s, 's'),
    ],
  }
}

/** Of ranks that stand still: those whose process is silent, else those that are furthest behind. */
function culpritsOf(
  stalled: readonly LiveRank[],
  silent: ReadonlySet<number>,
): readonly LiveRank[] {
  const quiet = stalled.filter(({ global_rank: rank }) => silent.has(rank))
  if (quiet.length > 0 && quiet.length < stalled.length) return quiet
  const least = stalled.reduce(
    (step, rank) => Math.min(step, rank.last_step ?? -1),
    Number.POSITIVE_INFINITY,
  )
  return stalled.filter((rank) => (rank.last_step ?? -1) === least)
}

function sectionsVerdict(input: RunVerdictInput): LiveVerdict {
  const { run, facts, sections } = input
  let lead: LiveVerdict | null = null
  const all = [...ORDER.map((id) => sections[id]), ...Object.values(input.extraSections)]
  for (const { verdict } of all) {
    if (verdict === null) continue
    const isMore = lead === null || SEVERITY_RANK[verdict.severity] > SEVERITY_RANK[lead.severity]
    if (isMore) lead = verdict
  }
  // Calm hosts are no news of a training whose first step is still awaited.
  const isAwaited = run.profile !== 'watch' && sections.step_time.verdict === null
  const isCalm = lead === null || lead.severity === 'info'
  if (lead === null || (isAwaited && isCalm && facts.status !== 'ended'))
    return waitingVerdict(input)
  return lead
}

function waitingVerdict({ run, facts, ranks }: RunVerdictInput): LiveVerdict {
  const seen = ranks.filter(({ freshness }) => freshness.newest_ts !== null).length
  const expected = facts.ranks_expected ?? run.ranks_expected
  const reported = `${seen} of ${expected} ${expected === 1 ? 'rank has' : 'ranks have'} reported`
  const summary =
    facts.status === 'ended'
      ? 'The run ended before any step was recorded.'
      : seen === 0
        ? `Waiting for telemetry: ${reported}.`
        : `Waiting for the first step: ${reported}.`
  return {
    ...base('WAITING', 'WAITING'),
    severity: 'info',
    tone: 'neutral',
    summary,
    action: '',
  }
}
