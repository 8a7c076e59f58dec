import { formatFixed, layerRows } from '@traceml/analysis'
import type { LayerProfile } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import type { TextColumn } from '../../text/box.js'
import { TEXT_WIDTH, textTable, wrapText } from '../../text/box.js'
import { MISSING, textBar } from '../../text/format.js'
import type { LayerLine } from './lines.js'
import { layerLines, lineLabel, slowRank, totalLine } from './lines.js'
import type { Quantity } from './quantities.js'
import { byteQuantity, timeQuantity } from './quantities.js'
import { profileSentence } from './sentences.js'

/** Lines of the text card; the document has more. */
const SHOWN = 18
const NAME_WIDTH = 21
const BAR_WIDTH = 4

interface Column extends TextColumn {
  read(line: LayerLine): string
}

/** The text of the section: the longest layers, the others, what is outside, and the sum of all. */
export function formatLayersCard(profile: LayerProfile): string {
  const lines = layerLines(profile, layerRows(profile, SHOWN))
  const columns = columnsOf(profile, lines)
  const cells = [...lines, totalLine(profile, lines)].map((line) =>
    columns.map(({ read }) => read(line)),
  )
  return [
    `Layers: ${profile.total_ms === null ? 'parameters' : 'where forward and backward go'}`,
    ...textTable(columns, cells),
    ...wrapText(profileSentence(profile), TEXT_WIDTH),
    ...profile.notes.flatMap((note) => wrapText(`- ${plainLine(note, 400)}`, TEXT_WIDTH, 2)),
  ].join('\n')
}

function columnsOf(profile: LayerProfile, lines: readonly LayerLine[]): readonly Column[] {
  const isSeveral = profile.ranks_used.length > 1
  const right = (title: string, width: number, read: Column['read']): Column => ({
    title,
    width,
    align: 'right',
    read,
  })
  return [
    { title: 'Layer', width: NAME_WIDTH, align: 'left', read: tail },
    right('Params', 6, ({ cost }) => bytes(cost.param_bytes)),
    ...(profile.total_ms === null
      ? []
      : [
          right('Forward', 8, ({ cost }) => milliseconds(cost.forward_ms)),
          right('Backward', 8, ({ cost }) => milliseconds(cost.backward_ms)),
        ]),
    right('Share', 6, ({ percent }) =>
      percent === null ? MISSING : `${formatFixed(percent, 1)}%`,
    ),
    isSeveral
      ? { title: 'Slow', width: BAR_WIDTH, align: 'left', read: worstRank }
      : { title: '', width: BAR_WIDTH, align: 'left', read: bar(lines) },
    right('Memory', 7, ({ cost }) => bytes(cost.memory_bytes)),
  ]
}

function worstRank(line: LayerLine): string {
  const slow = slowRank(line)
  return slow === null ? '' : `r${slow.rank}`
}

/** Bars on the scale of the longest one: shares are small where there are many layers. */
function bar(lines: readonly LayerLine[]): Column['read'] {
  const largest = lines.reduce((most, { percent }) => Math.max(most, percent ?? 0), 0)
  return (line) => (lines.includes(line) ? textBar((line.percent ?? 0) / largest, BAR_WIDTH) : '')
}

/** The end of a path says more than its beginning. */
function tail(line: LayerLine): string {
  const { path, label } = line
  if (path === null) return lineLabel(line)
  const width = NAME_WIDTH - label.length
  const characters = [...plainLine(path, 400)]
  return characters.length <= width
    ? `${characters.join('')}${label}`
    : `…${characters.slice(1 - width).join('')}${label}`
}

/** Nothing for what has no memory, such as the time outside of layers. */
function bytes(value: number | null | undefined): string {
  return value === undefined ? '' : quantityText(value === null ? null : byteQuantity(value))
}

function milliseconds(value: number | null): string {
  return quantityText(value === null ? null : timeQuantity(value))
}

function quantityText(quantity: Quantity | null): string {
  return quantity === null ? MISSING : `${quantity.number}${quantity.unit}`
}
