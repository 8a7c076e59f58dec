import { formatFixed } from '@traceml/analysis'
import { plainLine } from '@traceml/contracts'
import type { TextColumn } from '../../text/box.js'
import { textTable } from '../../text/box.js'
import { MISSING } from '../../text/format.js'
import type { MemberFacts, TreeFacts } from './model.js'

/** Processes that are shown one by one. */
const SHOWN = 10

const COLUMNS: readonly TextColumn[] = [
  { title: 'Process', width: 24, align: 'left' },
  { title: 'Id', width: 9, align: 'right' },
  { title: 'CPU', width: 9, align: 'right' },
  { title: 'CPU Time', width: 9, align: 'right' },
  { title: 'Memory Peak', width: 12, align: 'right' },
]

/** The text of the section: one line a node, then the processes that used most. */
export function formatProcessTreeCard(
  title: string,
  trees: readonly TreeFacts[],
  members: readonly MemberFacts[],
): string {
  const several = trees.length > 1
  const shown = members.slice(0, SHOWN)
  const rows = shown.map((member) => [
    `${several ? `n${member.globalRank} ` : ''}${plainLine(member.name)}`,
    String(member.pid),
    percent(member.cpuPercent, 1),
    percent(member.cpuShare === null ? null : 100 * member.cpuShare, 0),
    bytes(member.residentPeakBytes),
  ])
  const rest = members.length - shown.length
  return [
    title,
    ...trees.flatMap((tree) => sums(tree, several ? `n${tree.identity.node_rank ?? '?'}: ` : '')),
    ...textTable(COLUMNS, rows),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ].join('\n')
}

function sums(tree: TreeFacts, node: string): readonly string[] {
  const count = tree.processCount === null ? MISSING : formatFixed(tree.processCount, 1)
  const peak = tree.processPeak === null ? '' : `, at most ${tree.processPeak}`
  return [
    `${node}${count} processes${peak}; CPU ${percent(tree.cpuPercent, 1)} of one core`,
    `${node}memory ${bytes(tree.residentBytes)}, at most ${bytes(tree.residentPeakBytes)}`,
  ]
}

function percent(value: number | null, decimals: number): string {
  return value === null ? MISSING : `${formatFixed(value, decimals)}%`
}

function bytes(value: number | null): string {
  if (value === null) return MISSING
  return value < 1e9 ? `${formatFixed(value / 1e6, 1)}MB` : `${formatFixed(value / 1e9, 2)}GB`
}
