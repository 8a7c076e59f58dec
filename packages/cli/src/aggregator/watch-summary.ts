import { type FinalSummary, SEVERITY_RANK } from '@traceml/contracts'

/**
 * The report of a watched program: its verdict is about the host and the processes, because no
 * steps were meant to be recorded.
 */
export function watchSummary(
  summary: FinalSummary,
  render: (summary: FinalSummary) => string,
): FinalSummary {
  const { system, process } = summary
  const section =
    SEVERITY_RANK[process.diagnosis.severity] > SEVERITY_RANK[system.diagnosis.severity]
      ? 'process'
      : 'system'
  const { kind, status, severity, summary: why, action, evidence } = summary[section].diagnosis
  const watched: FinalSummary = {
    ...summary,
    primary_diagnosis: {
      ...{ kind, status, severity, section, scope: 'performance' },
      ...{ summary: why, action, evidence },
    },
  }
  return { ...watched, text: render(watched) }
}
