import type {
  AckMessage,
  ControlMessage,
  HelloMessage,
  RankFinishedMessage,
  RankStateMessage,
} from '@traceml/contracts'
import { isWireMap, toFloat, toInteger, toText } from './coerce.js'

/** The key that marks a control message on the wire. */
export const CONTROL_KEY = '_traceml_control'

/** Reads a `rank_finished` message; null when it is not one or a present value is unusable. */
export function parseRankFinished(value: unknown): RankFinishedMessage | null {
  if (!isControl(value, 'rank_finished')) return null
  const globalRank = toInteger(value['global_rank'])
  const worldSize = withDefault(value['world_size'], 1, toInteger)
  const nodeRank = withDefault(value['node_rank'], 0, toInteger)
  const timestamp = withDefault(value['timestamp'], 0, toFloat)
  if (globalRank === null || worldSize === null || nodeRank === null || timestamp === null) {
    return null
  }
  return {
    _traceml_control: 'rank_finished',
    global_rank: globalRank,
    world_size: worldSize,
    node_rank: nodeRank,
    hostname: toText(value['hostname']) ?? '',
    timestamp,
  }
}

/** Reads a `rank_state`; null when it is not one, or names a condition that is not known. */
function parseRankState(value: unknown): RankStateMessage | null {
  if (!isControl(value, 'rank_state')) return null
  const globalRank = toInteger(value['global_rank'])
  const { condition = null } = value as { readonly condition?: unknown }
  if (globalRank === null) return null
  if (condition !== null && condition !== 'page_hidden' && condition !== 'context_lost') return null
  return {
    _traceml_control: 'rank_state',
    global_rank: globalRank,
    condition,
    step: toInteger(value['step']) ?? 0,
  }
}

/** Reads a `hello`; null when it is not one or lacks a usable protocol version or rank. */
export function parseHello(value: unknown): HelloMessage | null {
  if (!isControl(value, 'hello')) return null
  const protocol = toInteger(value['protocol'])
  const globalRank = toInteger(value['global_rank'])
  if (protocol === null || globalRank === null) return null
  return {
    _traceml_control: 'hello',
    protocol,
    session_id: toText(value['session_id']),
    token: toText(value['token']),
    acks: value['acks'] === true,
    global_rank: globalRank,
  }
}

/** Reads an `ack`; null when it is not one or its count is not a whole number from 0. */
export function parseAck(value: unknown): AckMessage | null {
  if (!isControl(value, 'ack')) return null
  const frames = toInteger(value['frames'])
  return frames === null || frames < 0 ? null : { _traceml_control: 'ack', frames }
}

/** Reads any known control message. */
export function parseControl(value: unknown): ControlMessage | null {
  return parseRankFinished(value) ?? parseRankState(value) ?? parseHello(value) ?? parseAck(value)
}

function isControl(value: unknown, kind: string): value is Record<string, unknown> {
  return isWireMap(value) && value[CONTROL_KEY] === kind
}

function withDefault(
  value: unknown,
  absent: number,
  convert: (value: unknown) => number | null,
): number | null {
  return value === undefined ? absent : convert(value)
}
