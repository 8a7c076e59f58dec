import { toText } from '@traceml/codec'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

/** One captured line of output. Empty lines are skipped, blank ones kept. */
export const projectLine: Projector = (row, { meta, recvTsNs }, pending) => {
  const line = toText(row['line'])
  if (line === null || line === '') return
  addRow(pending, TABLE.stdout, [recvTsNs, meta.global_rank ?? meta.rank, meta.timestamp, line])
}
