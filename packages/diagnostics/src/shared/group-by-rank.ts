import { measuredInteger } from './measured.js'

/** Groups rows by global rank; rows without one are left out. */
export function groupByRank<Row extends { readonly global_rank?: number | null | undefined }>(
  rows: readonly Row[],
): ReadonlyMap<number, readonly Row[]> {
  const groups = new Map<number, Row[]>()
  for (const row of rows) {
    const rank = measuredInteger(row.global_rank)
    if (rank === null) continue
    const group = groups.get(rank)
    if (group === undefined) groups.set(rank, [row])
    else group.push(row)
  }
  return groups
}
