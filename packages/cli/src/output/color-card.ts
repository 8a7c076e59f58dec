import { bold, cyan, dim, green, red, yellow } from './color.js'

const FRAME = /^(?:\+-+\+|-{8,})$/
const VERDICT = /^((?:TraceML )?Verdict: )(.*?)( \/ (CRITICAL|WARNING|INFO))?$/
const LABEL =
  /^(\s*)(Why|Next|Confidence|Telemetry|Run|Steps(?: of r\d+)?|A|B|Duration|Diagnosis|Longest phase|Compatible verdict):/
const HEADING =
  /^(?:What Would It Buy|Section Status|Step Time Evidence\b.*|System(?:, Process and Memory)? Evidence)$/
/** Of a comparison. */
const COMPARED_HEADING =
  /^(?:Notes|(?:Judged|Metric|Run) {2,}.*|Step Time \(.*\)|Step Memory|Process|System)$/
const COMPARED: Readonly<Record<string, (text: string) => string>> = {
  REGRESSION: red,
  MIXED: red,
  INCONCLUSIVE: yellow,
  worse: red,
  undecided: yellow,
  better: green,
}
const COMPARED_WORD = /\b(?:REGRESSION|MIXED|INCONCLUSIVE|worse|undecided|better)$/
const SEVERITY_WORD = /\b(CRITICAL|WARNING)$/
const BAR = /█+/g
const RULE = /^-{8,}$/

function bySeverity(severity: string | undefined): (text: string) => string {
  if (severity === 'CRITICAL') return red
  return severity === 'WARNING' ? yellow : green
}

function colorText(text: string): string {
  if (RULE.test(text)) return dim(text)
  if (HEADING.test(text) || COMPARED_HEADING.test(text)) return bold(text)
  const verdict = VERDICT.exec(text)
  if (verdict !== null) {
    const [, label = '', status = '', severity = '', word] = verdict
    const paint = COMPARED[status] ?? bySeverity(word)
    return bold(`${label}${paint(`${status}${severity}`)}`)
  }
  return text
    .replace(LABEL, (label) => bold(label))
    .replace(COMPARED_WORD, (word) => (COMPARED[word] ?? bold)(word))
    .replace(SEVERITY_WORD, (word) => bySeverity(word)(word))
    .replace(BAR, (bar) => cyan(bar))
}

/**
 * Colours a text card line by line: the verdict by its severity, headings and labels bold, frame and
 * rules dim. The text itself stays as it is, so that widths do not change.
 *
 * @param card - Plain text, without colours of its own.
 */
export function colorCard(card: string): string {
  return card.split('\n').map(colorLine).join('\n')
}

function colorLine(line: string): string {
  if (FRAME.test(line)) return dim(line)
  const framed = /^\|( {2})(.*?)(\s*)\|$/.exec(line)
  if (framed === null) return colorText(line)
  const [, margin = '', text = '', rest = ''] = framed
  return `${dim('|')}${margin}${colorText(text)}${rest}${dim('|')}`
}
