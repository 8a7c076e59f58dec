import { addRow, type Pending, TABLE } from '../writer/pending.js'
import { type Cursor, readFlag, readInt, readMap, readReal, skipNil, skipNumber } from './cursor.js'
import type { FastIdentity } from './identity.js'
import { keyTable, readKey } from './keys.js'
import { type NameTable, readName } from './names.js'

const MEMORY_KEYS = /* @__PURE__ */ keyTable([
  'seq',
  'ts',
  'model_id',
  'device',
  'step',
  'peak_alloc',
  'peak_resv',
  'live_bytes',
  'live_tensor_count',
])

/** Turns one row of step memory into its columns. */
export function readMemoryRow(
  cursor: Cursor,
  identity: FastIdentity,
  recvTsNs: bigint,
  devices: NameTable,
  pending: Pending,
): void {
  const row = startRow(identity, recvTsNs, 8)
  let expected = 0
  for (let pairs = readMap(cursor); pairs > 0; pairs -= 1) {
    const key = readKey(cursor, MEMORY_KEYS, expected)
    expected = key + 1
    if (key === 0) row[SEQ] = readInt(cursor)
    else if (key === 1) row[TS] = readReal(cursor)
    else if (key === 2) skipNumber(cursor)
    else if (key === 3) row[10] = skipNil(cursor) ? null : readName(cursor, devices).text
    else if (key === 4) row[11] = readInt(cursor)
    else if (key === 8) row[15] = readInt(cursor)
    else row[key + 7] = readReal(cursor)
  }
  addRow(pending, TABLE.stepMemory, row)
}

const PROCESS_KEYS = /* @__PURE__ */ keyTable([
  'seq',
  'ts',
  'pid',
  'cpu',
  'cpu_cores',
  'ram_used',
  'ram_total',
  'gpu_available',
  'gpu_count',
  'gpu',
])
const PROCESS_GPU_KEYS = /* @__PURE__ */ keyTable([
  'device',
  'mem_used',
  'mem_reserved',
  'mem_total',
])
const GPU_COLUMN = 16

/** Turns one row of a process into its columns. */
export function readProcessRow(
  cursor: Cursor,
  identity: FastIdentity,
  recvTsNs: bigint,
  pending: Pending,
): void {
  const row = startRow(identity, recvTsNs, 12)
  let expected = 0
  for (let pairs = readMap(cursor); pairs > 0; pairs -= 1) {
    const key = readKey(cursor, PROCESS_KEYS, expected)
    expected = key + 1
    if (key === 0) row[SEQ] = readInt(cursor)
    else if (key === 1) row[TS] = readReal(cursor)
    else if (key === 2) skipNumber(cursor)
    else if (key === 7) row[14] = readFlag(cursor)
    else if (key === 4 || key === 8) row[key + 7] = readInt(cursor)
    else if (key === 9) readGpu(cursor, row)
    else row[key + 7] = readReal(cursor)
  }
  addRow(pending, TABLE.process, row)
}

function readGpu(cursor: Cursor, row: (number | null | bigint | string)[]): void {
  row.fill(null, GPU_COLUMN)
  if (skipNil(cursor)) return
  let expected = 0
  for (let pairs = readMap(cursor); pairs > 0; pairs -= 1) {
    const key = readKey(cursor, PROCESS_GPU_KEYS, expected)
    expected = key + 1
    row[GPU_COLUMN + key] = key === 0 ? readInt(cursor) : readReal(cursor)
  }
}

const TS = 8
const SEQ = 9

/** The columns that every row of an envelope shares, and room for `more`, all null. */
function startRow(
  identity: FastIdentity,
  recvTsNs: bigint,
  more: number,
): (number | null | bigint | string)[] {
  const row = [
    recvTsNs,
    identity.rank,
    identity.globalRank,
    identity.localRank,
    identity.worldSize,
    identity.localWorldSize,
    identity.nodeRank,
    identity.hostname,
    null,
    null,
  ]
  for (let index = 2; index < more; index += 1) row.push(null)
  return row
}
