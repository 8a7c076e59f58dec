import type { CustomSampleRow } from '@traceml/contracts'
import { unknownIdentity } from '../topology.js'
import type { MemberFacts, TreeFacts } from './model.js'

/** What the program used on every node, ascending by rank. */
export function treeFacts(rows: readonly CustomSampleRow[]): readonly TreeFacts[] {
  return groups(rows, ({ global_rank: rank }) => rank ?? 0)
    .map(([rank, looks]) => ({
      identity: {
        ...unknownIdentity(rank),
        node_rank: looks[0]?.node_rank ?? null,
        hostname: looks[0]?.hostname ?? null,
      },
      looks: looks.length,
      processCount: mean(values(looks, 'processes')),
      processPeak: largest(values(looks, 'processes')),
      threadCount: mean(values(looks, 'threads')),
      cpuPercent: mean(values(looks, 'cpu')),
      residentBytes: mean(values(looks, 'ram_used')),
      residentPeakBytes: largest(values(looks, 'ram_used')),
    }))
    .toSorted((left, right) => rankOf(left) - rankOf(right))
}

/** The processes of the program, those with the most processor time first, then by memory. */
export function memberFacts(rows: readonly CustomSampleRow[]): readonly MemberFacts[] {
  const total = sum(values(rows, 'cpu'))
  return groups(rows, ({ global_rank: rank, row }) => `${rank ?? 0} ${row['pid']} ${row['name']}`)
    .map(([, looks]) => {
      const cpu = values(looks, 'cpu')
      return {
        globalRank: looks[0]?.global_rank ?? 0,
        pid: Number(looks[0]?.row['pid'] ?? 0),
        name: String(looks[0]?.row['name'] ?? ''),
        cpuPercent: mean(cpu),
        cpuShare: total > 0 ? sum(cpu) / total : null,
        residentPeakBytes: largest(values(looks, 'ram_used')),
      }
    })
    .toSorted(
      (left, right) =>
        (right.cpuShare ?? 0) - (left.cpuShare ?? 0) ||
        (right.residentPeakBytes ?? 0) - (left.residentPeakBytes ?? 0) ||
        left.globalRank - right.globalRank ||
        left.pid - right.pid,
    )
}

function rankOf({ identity }: TreeFacts): number {
  return identity.global_rank ?? 0
}

function groups<Key>(
  rows: readonly CustomSampleRow[],
  keyOf: (row: CustomSampleRow) => Key,
): readonly (readonly [Key, readonly CustomSampleRow[]])[] {
  const found = new Map<Key, CustomSampleRow[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = found.get(key)
    if (group === undefined) found.set(key, [row])
    else group.push(row)
  }
  return [...found]
}

function values(rows: readonly CustomSampleRow[], key: string): readonly number[] {
  return rows.flatMap(({ row }) => {
    const value = row[key]
    return typeof value === 'number' && Number.isFinite(value) ? value : []
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0)
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : sum(numbers) / numbers.length
}

function largest(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((left, right) => Math.max(left, right))
}
