import type { EnvelopeMeta, NormalizedEnvelope } from '@traceml/contracts'
import { isWireMap, toFloat, toInteger, toText } from './coerce.js'

const NO_TABLES: Readonly<Record<string, unknown>> = /* @__PURE__ */ Object.freeze({})

/**
 * Reads one item of a batch as telemetry: the canonical envelope, or the flat form of older
 * senders. Returns null when it is neither. Rows are handed on untouched.
 */
export function normalizeEnvelope(value: unknown): NormalizedEnvelope | null {
  if (!isWireMap(value)) return null
  const meta = value['meta']
  const body = value['body']
  if (isWireMap(meta) && isWireMap(body)) {
    const tables = body['tables']
    return { meta: normalizeMeta(meta), tables: isWireMap(tables) ? tables : NO_TABLES }
  }
  const tables = value['tables']
  return isWireMap(tables) ? { meta: normalizeMeta(value), tables } : null
}

/** Reads the identity of an envelope; a `rank` that disagrees with `global_rank` is overridden. */
export function normalizeMeta(source: Readonly<Record<string, unknown>>): EnvelopeMeta {
  const globalRank = toInteger(source['global_rank'])
  return {
    rank: globalRank ?? toInteger(source['rank']),
    global_rank: globalRank,
    local_rank: toInteger(source['local_rank']),
    world_size: toInteger(source['world_size']),
    local_world_size: toInteger(source['local_world_size']),
    node_rank: toInteger(source['node_rank']),
    hostname: toText(source['hostname']),
    pid: toInteger(source['pid']),
    sampler: toText(source['sampler']),
    timestamp: toFloat(source['timestamp']),
  }
}
