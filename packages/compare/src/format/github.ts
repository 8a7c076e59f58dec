import { plainLine } from '@traceml/contracts'
import type { CompareDocument } from '../model.js'

/** The value of a workflow command: what would end or start one is escaped. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** How an annotation is shown, by status; a status that is not listed gets none. */
const LEVELS: Readonly<Record<string, 'error' | 'warning' | 'notice'>> = {
  REGRESSION: 'error',
  MIXED: 'error',
  INCONCLUSIVE: 'warning',
  IMPROVEMENT: 'notice',
}

/**
 * A workflow command that shows the judgement as an annotation of a GitHub run; null where there is
 * nothing to point at.
 */
export function githubAnnotation({ judgement, lhs, rhs }: CompareDocument): string | null {
  const level = LEVELS[judgement.status]
  if (level === undefined) return null
  const title = plainLine(`traceml: ${judgement.status}, ${rhs.label} against ${lhs.label}`, 200)
  const message = plainLine(`${judgement.sentence} ${judgement.why} ${judgement.action}`, 2000)
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`
}
