import type { ColumnValue } from '../internal/values.js'
import { type Cursor, readInt, readReal, skipNil, UNUSUAL } from './cursor.js'
import { keyTable, readKey } from './keys.js'
import { type NameTable, readName } from './names.js'

const KEYS = /* @__PURE__ */ keyTable([
  'rank',
  'global_rank',
  'local_rank',
  'world_size',
  'local_world_size',
  'node_rank',
  'hostname',
  'pid',
  'sampler',
  'timestamp',
])
const HOSTNAME = 6
const PID = 7
const SAMPLER = 8

/** The identity of an envelope in the order of the columns; one object is used again and again. */
export interface FastIdentity {
  rank: number | null
  globalRank: number | null
  localRank: number | null
  worldSize: number | null
  localWorldSize: number | null
  nodeRank: number | null
  hostname: ColumnValue
  sampler: string | null
}

/** An identity without any field. */
export function createIdentity(): FastIdentity {
  return {
    rank: null,
    globalRank: null,
    localRank: null,
    worldSize: null,
    localWorldSize: null,
    nodeRank: null,
    hostname: null,
    sampler: null,
  }
}

/** Names that identities are made of. */
export interface LabelTables {
  readonly samplers: NameTable
  readonly hosts: NameTable
}

/** Reads `meta`. Integers must be integers on the wire here; everything else takes the slow path. */
export function readIdentity(cursor: Cursor, labels: LabelTables, identity: FastIdentity): void {
  const values: (number | null)[] = [null, null, null, null, null, null]
  identity.hostname = null
  identity.sampler = null
  let expected = 0
  const count = readMapOfMeta(cursor)
  for (let pair = 0; pair < count; pair += 1) {
    const key = readKey(cursor, KEYS, expected)
    expected = key + 1
    if (key < HOSTNAME) values[key] = readInt(cursor)
    else if (key === HOSTNAME) identity.hostname = readNameOrNil(cursor, labels.hosts)
    else if (key === SAMPLER) identity.sampler = readNameOrNil(cursor, labels.samplers)
    else if (key === PID) readInt(cursor)
    else readReal(cursor)
  }
  identity.globalRank = values[1] as number | null
  identity.rank = identity.globalRank ?? (values[0] as number | null)
  identity.localRank = values[2] as number | null
  identity.worldSize = values[3] as number | null
  identity.localWorldSize = values[4] as number | null
  identity.nodeRank = values[5] as number | null
}

function readMapOfMeta(cursor: Cursor): number {
  const type = cursor.bytes[cursor.at] as number
  if (type < 0x80 || type > 0x8f) throw UNUSUAL
  cursor.at += 1
  return type & 0x0f
}

function readNameOrNil(cursor: Cursor, names: NameTable): string | null {
  return skipNil(cursor) ? null : readName(cursor, names).text
}
