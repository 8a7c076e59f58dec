import type { LiveEvidence, LiveIssue, LiveVerdict } from '@traceml/contracts'
import type { Moment } from './moment.js'

const BALANCED = (section: string, summary: string): LiveVerdict => ({
  section,
  kind: 'BALANCED',
  status: 'BALANCED',
  severity: 'info',
  tone: 'healthy',
  summary,
  action: '',
  note: null,
  confidence: null,
  confidence_label: null,
  ranks: [],
  evidence: [],
})

const share = (key: string, label: string, value: number): LiveEvidence => ({
  key,
  label,
  value,
  unit: 'ratio',
})

/** @internal */
export function sectionVerdict(moment: Moment, section: string): LiveVerdict {
  const { scenario } = moment
  if (section !== 'step_time') {
    return BALANCED(section, `Nothing stands out in ${section.replace('_', ' ')}.`)
  }
  if (scenario.straggler !== null) {
    return {
      section,
      kind: 'INPUT_STRAGGLER',
      status: 'INPUT STRAGGLER',
      severity: 'crit',
      tone: 'crit',
      summary: `Rank ${scenario.straggler} waits for input, and the other ranks wait for it: 27.1% of each step.`,
      action: `Look at the input pipeline of rank ${scenario.straggler}: storage, CPU and number of workers.`,
      note: null,
      confidence: 0.91,
      confidence_label: 'high',
      ranks: [scenario.straggler],
      evidence: [
        share('cost', 'cost', 0.271),
        share('recurrence', 'recurs', 0.88),
        { key: 'steps', label: 'steps', value: moment.steps.length, unit: 'count' },
      ],
    }
  }
  return {
    section,
    kind: 'INPUT_BOUND',
    status: 'INPUT-BOUND',
    severity: 'warn',
    tone: 'warn',
    summary: 'Input wait takes 24.0% of the step.',
    action: 'Prefetch batches or use more loader workers.',
    note: 'Input wait is worsening: ↑ +4.2% against the early part of the window.',
    confidence: 0.72,
    confidence_label: 'medium',
    ranks: [],
    evidence: [
      share('input_wait_share', 'input wait', 0.24),
      share('compute_share', 'compute', 0.69),
      { key: 'step_time', label: 'step', value: scenario.meanStepMs, unit: 'ms' },
      { key: 'steps', label: 'steps', value: moment.steps.length, unit: 'count' },
    ],
  }
}

/** @internal */
export function issueOf(verdict: LiveVerdict): LiveIssue {
  const { kind, status, severity, summary, action, ranks, evidence } = verdict
  return {
    kind,
    status,
    severity,
    summary,
    action,
    metric: null,
    phase: null,
    ranks,
    evidence: Object.fromEntries(evidence.map(({ key, value }) => [key, value])),
  }
}

/** What the state of the run says before any section does; null when there is nothing to say. @internal */
export function runVerdict(moment: Moment): LiveVerdict | null {
  const { scenario } = moment
  const [rank, state] = [...scenario.gone][0] ?? []
  const step = rank === undefined ? 0 : moment.lastStepOf(rank)
  if (scenario.status === 'waiting') {
    return {
      ...BALANCED('run', 'No telemetry has arrived yet; 0 of 4 ranks are connected.'),
      kind: 'WAITING',
      status: 'WAITING',
      tone: 'neutral',
    }
  }
  if (state === undefined) return null
  const names = [...scenario.gone.keys()]
  return {
    ...BALANCED('run', ''),
    kind: state === 'stalled' ? 'STALLED' : 'LOST_RANK',
    status: state === 'stalled' ? 'STALLED' : 'LOST NODE',
    severity: 'crit',
    tone: 'crit',
    summary:
      state === 'stalled'
        ? `Rank ${rank} has completed no step since step ${step}, ${moment.tick} s ago.`
        : `Node 2 is lost: its ranks ${names.join(', ')} left without saying goodbye after step ${step}.`,
    action:
      state === 'stalled'
        ? `Look at what rank ${rank} is doing, for example with py-spy or node --inspect.`
        : 'Look at the log of that node for an out-of-memory kill or a network failure.',
    ranks: names,
    evidence: [{ key: 'last_step', label: 'last step', value: step, unit: 'count' }],
  }
}
