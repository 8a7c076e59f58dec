import { toFloat, toInteger, toText } from '@traceml/codec'
import { toFlag } from '../internal/values.js'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

/** How a process was started. Numbers may come as text here, and text as anything. */
export const projectEnvironment: Projector = (row, { meta, ranked }, pending) => {
  addRow(pending, TABLE.runtimeEnvironment, [
    ...ranked,
    meta.pid,
    toFloat(row['ts']),
    toInteger(row['seq']),
    toText(row['topology']),
    toFlag(row['distributed_initialized']),
    toText(row['distributed_backend']),
    toText(row['training_strategy']),
    toText(row['strategy_source']),
    toText(row['strategy_confidence']),
  ])
}
