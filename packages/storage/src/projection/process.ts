import { isMap, toFlag, toInt, toReal } from '../internal/values.js'
import { addRow, TABLE } from '../writer/pending.js'
import type { Projector } from './project.js'

const NO_GPU: Readonly<Record<string, unknown>> = {}

/** One process at one moment. The `pid` of the wire is not stored. */
export const projectProcess: Projector = (row, { ranked }, pending) => {
  const gpu = isMap(row['gpu']) ? row['gpu'] : NO_GPU
  addRow(pending, TABLE.process, [
    ...ranked,
    toReal(row['ts']),
    toInt(row['seq']),
    toReal(row['cpu']),
    toInt(row['cpu_cores']),
    toReal(row['ram_used']),
    toReal(row['ram_total']),
    toFlag(row['gpu_available']),
    toInt(row['gpu_count']),
    toInt(gpu['device']),
    toReal(gpu['mem_used']),
    toReal(gpu['mem_reserved']),
    toReal(gpu['mem_total']),
  ])
}
