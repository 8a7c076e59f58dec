import { toInt, toReal, toTextOnly } from '../internal/values.js'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

/** Memory of one step. The `model_id` of the wire is not stored. */
export const projectStepMemory: Projector = (row, { ranked }, pending) => {
  addRow(pending, TABLE.stepMemory, [
    ...ranked,
    toReal(row['ts']),
    toInt(row['seq']),
    toTextOnly(row['device']),
    toInt(row['step']),
    toReal(row['peak_alloc']),
    toReal(row['peak_resv']),
    toReal(row['live_bytes']),
    toInt(row['live_tensor_count']),
  ])
}
