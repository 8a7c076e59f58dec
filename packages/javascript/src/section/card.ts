import type { Issue } from '@traceml/contracts'
import type { JavaScriptContext } from '../domain/context.js'
import { countText, msText, shareText } from '../domain/words.js'

/** The section's text: every finding with its reason and next step, or the calm figures. */
export function javaScriptCard({ ranks }: JavaScriptContext, issues: readonly Issue[]): string {
  const [first] = ranks
  const stats =
    first === undefined
      ? []
      : [
          `backend ${first.row.counters?.backend ?? 'n/a'}`,
          `live tensors ${first.trend === null ? 'n/a' : countText(first.trend.last)}`,
          `waiting for results ${first.readShare === null ? 'n/a' : shareText(first.readShare)}`,
          `garbage collection ${first.garbageShare === null ? 'n/a' : shareText(first.garbageShare)}`,
          `longest block ${first.row.loop === null ? 'n/a' : msText(first.row.loop.longest_ms)}`,
        ]
  const findings = issues.flatMap(({ status, severity, summary, action }) => [
    `- ${severity === 'info' ? status : `${status} / ${severity.toUpperCase()}`}`,
    ...wrap(`Why: ${summary}`),
    ...wrap(`Next: ${action}`),
  ])
  return ['JavaScript', ...wrap(`- Stats: ${stats.join(', ')}`, ''), ...findings].join('\n')
}

const WIDTH = 72

/** Lines of at most the width of the text card. */
function wrap(text: string, indent = '  '): readonly string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd())
      line = `${indent}  `
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}
