import type { Part } from './parts.js'
import { listOf, nameOf, numberOf, ownValue, partAt, partOf, sentenceOf } from './parts.js'
import type { FindingView, SectionId, SectionView, Tier, VerdictView } from './report-view.js'

const GOOD_KINDS: ReadonlySet<string> = new Set([
  'BALANCED',
  'NORMAL',
  'NO_CLEAR_PERFORMANCE_BOTTLENECK',
])
const NEUTRAL_KINDS: ReadonlySet<string> = new Set([
  'NO_DATA',
  'WARMUP',
  'NO_GPU',
  'INCOMPLETE_DATA',
  'INSUFFICIENT_STEP_TIME_DATA',
])
/** Findings of one section that are read at most. */
const MAX_FINDINGS = 50

/** How a finding is coloured: by its severity, and `info` by what it says. */
function tierOf(severity: unknown, kind: string | null): Tier {
  if (severity === 'crit' || severity === 'critical') return 'crit'
  if (severity === 'warn' || severity === 'warning') return 'warn'
  if (severity !== 'info') return 'neutral'
  if (kind !== null && GOOD_KINDS.has(kind)) return 'good'
  return kind !== null && NEUTRAL_KINDS.has(kind) ? 'neutral' : 'info'
}

/** A finding of a document; null when it names neither kind nor status nor what was found. */
export function readFinding(value: unknown): FindingView | null {
  const part = partOf(value)
  const kind = nameOf(part['kind'])
  // Documents before 1.4 say `reason`.
  const summary = sentenceOf(part['summary']) ?? sentenceOf(part['reason'])
  const status = nameOf(part['status']) ?? kind
  if (status === null && summary === null) return null
  return {
    kind,
    status: (status ?? 'NO DATA').replaceAll('_', ' '),
    tier: tierOf(part['severity'], kind),
    summary,
    action: sentenceOf(part['action']),
    ranks: listOf(part['ranks'])
      .map(numberOf)
      .filter((rank) => rank !== null),
    share: numberOf(part['share_pct']),
    evidence: partOf(part['evidence']),
  }
}

/** The findings of a section, the diagnosis first. */
export function readFindings(section: Part): readonly FindingView[] {
  const issues = listOf(section['issues'])
    .slice(0, MAX_FINDINGS)
    .map(readFinding)
    .filter((finding) => finding !== null)
  if (issues.length > 0) return issues
  const diagnosis = readFinding(section['diagnosis'])
  return diagnosis === null ? [] : [diagnosis]
}

const TIER_WEIGHT: Readonly<Record<Tier, number>> = {
  crit: 3,
  warn: 2,
  info: 1,
  good: 1,
  neutral: 1,
}
const BY_IMPORTANCE: readonly SectionId[] = ['step_time', 'step_memory', 'system', 'process']

/** The verdict of a document; of older ones without it, the heaviest diagnosis of a section. */
export function readVerdict(
  document: Part,
  sections: Readonly<Record<SectionId, SectionView>>,
): VerdictView | null {
  const primary = partAt(document, 'primary_diagnosis')
  const finding = readFinding(primary)
  if (finding !== null) return { ...finding, section: nameOf(ownValue(primary, 'section')) }
  let best: VerdictView | null = null
  for (const id of BY_IMPORTANCE) {
    const [diagnosis] = sections[id].findings
    if (diagnosis === undefined) continue
    if (best === null || TIER_WEIGHT[diagnosis.tier] > TIER_WEIGHT[best.tier]) {
      best = { ...diagnosis, section: id }
    }
  }
  return best
}
