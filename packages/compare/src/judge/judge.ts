import type { CompareMetricContext } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import { comparisonClock, measuredClocks } from '../clock.js'
import { formatDelta } from '../format/cells.js'
import type { RunHistory } from '../history.js'
import type { ComparedSection, VerdictStatus } from '../model.js'
import type { ComparePolicy } from '../policy.js'
import { readPath, toNumber } from '../read.js'
import { diagnosisGotWorse } from '../rules/diagnosis.js'
import { type Decision, judgeMetric } from './judge-metric.js'
import { compareSteps, type StepComparison } from './judge-steps.js'
import type { CompareJudgement, JudgedMetric } from './model.js'
import { historyNotes } from './notes.js'
import { sentenceOf } from './sentence.js'

/** The metric whose change the first sentence tells. */
const STEP_TIME = 'step_time_ms'

/** What a judgement is made of. */
export interface JudgementInput {
  readonly context: CompareMetricContext
  readonly sections: Readonly<Record<string, ComparedSection>>
  readonly histories: { readonly lhs: RunHistory | null; readonly rhs: RunHistory | null }
}

/** Judges every metric that the policy has a threshold for, and concludes from all of them. */
export function judge(input: JudgementInput, policy: ComparePolicy): CompareJudgement {
  const clock = comparisonClock(input.context)
  const { lhs, rhs } = input.histories
  const comparison = clock === null ? null : compareSteps(lhs, rhs, clock, policy)
  const judged = judgeMetrics(input, policy, comparison)
  const metrics = [...judged, ...judgeDiagnoses(input.sections, policy)]
  const status = statusOf(metrics)
  return {
    policy: policy.id,
    confidence: policy.confidence,
    status,
    has_regression: metrics.some(({ outcome }) => outcome === 'worse'),
    sentence: sentenceOf(metrics.find(({ metric }) => metric === STEP_TIME) ?? null),
    ...reasonOf(status, metrics, input.sections),
    clock,
    metrics,
    notes: [
      ...metrics
        .filter(({ outcome }) => outcome === 'undecided' && status !== 'INCONCLUSIVE')
        .map(({ why }) => why),
      ...(clock === null ? [] : historyNotes(input.histories, clock, comparison)),
      ...diagnosisNotes(input.sections, policy),
    ],
  }
}

function stepsOf(summary: CompareMetricContext['lhs']): number | null {
  return toNumber(readPath(summary, ['step_time', 'global', 'window', 'steps_analyzed']))
}

function judgeMetrics(
  { context, sections }: JudgementInput,
  policy: ComparePolicy,
  comparison: StepComparison | null,
): readonly JudgedMetric[] {
  const steps = { lhs: stepsOf(context.lhs), rhs: stepsOf(context.rhs) }
  return Object.entries(policy.thresholds).flatMap(([id, threshold]) => {
    const found = Object.entries(sections).find(([, section]) => Object.hasOwn(section.metrics, id))
    const metric = found?.[1].metrics[id]
    if (found === undefined || metric === undefined) return []
    const [section] = found
    const judged = judgeMetric(
      {
        section,
        id,
        metric,
        threshold,
        steps: section === 'step_time' ? steps : null,
        incomparable: id === STEP_TIME ? withoutCommonClock(context) : null,
        comparison: id === STEP_TIME ? comparison : null,
      },
      policy,
    )
    return judged === null ? [] : [judged]
  })
}

/** Why step time cannot be compared although a run measured it; null when it can, or none did. */
function withoutCommonClock(context: CompareMetricContext): Decision | null {
  const [lhs, rhs] = [measuredClocks(context.lhs), measuredClocks(context.rhs)]
  if (comparisonClock(context) !== null || lhs.length + rhs.length === 0) return null
  if (lhs.length > 0 && rhs.length > 0) {
    const [a, b] = [lhs, rhs].map((clocks) => clocks.join(' and ').toUpperCase())
    return {
      outcome: 'undecided',
      why: `Step time was measured on the ${a} clock only in A and on the ${b} clock only in B.`,
      action: 'Trace both runs on the same kind of device, and compare again.',
    }
  }
  const without = lhs.length === 0 ? 'A' : 'B'
  return {
    outcome: 'undecided',
    why: `Step time was not measured in ${without}.`,
    action: `Trace the steps of ${without}, and compare again.`,
  }
}

function judgeDiagnoses(
  sections: Readonly<Record<string, ComparedSection>>,
  policy: ComparePolicy,
): readonly JudgedMetric[] {
  return policy.countedDiagnoses.flatMap((name): readonly JudgedMetric[] => {
    const diagnosis = sections[name]?.diagnosis
    if (diagnosis === undefined || !diagnosisGotWorse(name, diagnosis)) return []
    return [
      {
        section: name,
        metric: 'diagnosis',
        label: `${nameOf(name)} diagnosis`,
        unit: null,
        lhs: null,
        rhs: null,
        outcome: 'worse',
        change: null,
        mean_change: null,
        change_unit: 'percent',
        interval: null,
        p_value: null,
        threshold: null,
        method: 'averages',
        steps: { lhs: null, rhs: null },
        why: `The ${name.replaceAll('_', ' ')} diagnosis got worse: ${plainLine(diagnosis.lhs ?? '')} in A, ${plainLine(diagnosis.rhs ?? '')} in B.`,
        action: null,
      },
    ]
  })
}

function diagnosisNotes(
  sections: Readonly<Record<string, ComparedSection>>,
  policy: ComparePolicy,
): readonly string[] {
  return Object.entries(sections)
    .filter(([name]) => !policy.countedDiagnoses.includes(name))
    .filter(([name, { diagnosis }]) => diagnosisGotWorse(name, diagnosis))
    .map(
      ([name, { diagnosis }]) =>
        `The ${name.replaceAll('_', ' ')} diagnosis went from ${plainLine(diagnosis.lhs ?? '')} to ${plainLine(diagnosis.rhs ?? '')}; that alone is no regression here.`,
    )
}

function nameOf(section: string): string {
  const text = section.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function statusOf(metrics: readonly JudgedMetric[]): VerdictStatus {
  const has = (outcome: JudgedMetric['outcome']): boolean =>
    metrics.some((metric) => metric.outcome === outcome)
  if (has('worse')) return has('better') ? 'MIXED' : 'REGRESSION'
  if (has('better')) return 'IMPROVEMENT'
  return metrics.length === 0 || has('undecided') ? 'INCONCLUSIVE' : 'EQUIVALENT'
}

/** The parts that a step is made of. */
const STEP_PARTS = ['input_ms', 'h2d_ms', 'compute_ms', 'residual_ms']

/** The part of the step that grew most, as words; null where the parts are not comparable. */
function grownPart(section: ComparedSection | undefined): string | null {
  const parts = STEP_PARTS.flatMap((id) => {
    const metric = section?.metrics[id]
    return metric === undefined || metric.delta === null ? [] : [{ ...metric, delta: metric.delta }]
  })
  const [most] = parts.toSorted((a, b) => b.delta - a.delta)
  if (most === undefined || most.delta <= 0) return null
  return `${most.label.toLowerCase()} grew most, ${formatDelta(most)}`
}

function reasonOf(
  status: VerdictStatus,
  metrics: readonly JudgedMetric[],
  sections: JudgementInput['sections'],
): Pick<CompareJudgement, 'why' | 'action'> {
  const whys = (outcomes: readonly JudgedMetric['outcome'][]): string =>
    metrics
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ why }) => why)
      .join(' ')
  if (status === 'INCONCLUSIVE') {
    if (metrics.length === 0) {
      return {
        why: 'The runs have nothing in common that could be judged: no step time on one clock and no device memory in either.',
        action: 'Compare the summaries of two runs that recorded steps.',
      }
    }
    const actions = metrics.flatMap(({ action }) => (action === null ? [] : [action]))
    return { why: whys(['undecided']), action: [...new Set(actions)].join(' ') }
  }
  if (status === 'EQUIVALENT') return { why: whys(['unchanged']), action: 'Nothing to do.' }
  const worse = metrics.filter(({ outcome }) => outcome === 'worse')
  const places = [...new Set(worse.map(({ section }) => section.replaceAll('_', ' ')))]
  const part = places.includes('step time') ? grownPart(sections['step_time']) : null
  const where = `Look at ${places.join(' and ')} in both reports and at what changed between the runs`
  return {
    why: whys(['worse', 'better']),
    action:
      worse.length === 0 ? 'Nothing to do.' : part === null ? `${where}.` : `${where}; ${part}.`,
  }
}
