import { toFlag, toInt, toReal } from '../internal/values.js'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

/** Values of one GPU on the wire, in their fixed order. */
const GPU_VALUES = 6

/** One node at one moment, and one row per GPU of it; a GPU keeps its position on the wire. */
export const projectSystem: Projector = (row, { unranked }, pending) => {
  const base = [...unranked, toReal(row['ts']), toInt(row['seq'])]
  const owner = (pending.rows[TABLE.system] ?? []).length
  addRow(pending, TABLE.system, [
    ...base,
    toReal(row['cpu']),
    toReal(row['ram_used']),
    toReal(row['ram_total']),
    toFlag(row['gpu_available']),
    toInt(row['gpu_count']),
  ])
  const gpus = row['gpus']
  if (!Array.isArray(gpus)) return
  for (const [index, values] of gpus.entries()) {
    if (!Array.isArray(values) || values.length < GPU_VALUES) continue
    addRow(pending, TABLE.systemGpu, [...base, index, ...values.slice(0, GPU_VALUES).map(toReal)])
    pending.gpuOwners.push(owner)
  }
}
