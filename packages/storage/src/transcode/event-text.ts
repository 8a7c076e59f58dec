import {
  closeText,
  hasScratch,
  openText,
  putBytes,
  putText,
  type TextArena,
} from '../writer/text-arena.js'
import { UNUSUAL } from './cursor.js'
import { asciiBytes } from './keys.js'
import type { KnownName } from './names.js'

/** More than any statistics take: four numbers and the constant parts. */
const STATS_BYTES = 256
const MAX_EVENTS = 32
const COMMA = 44
const OPEN = 123
const CLOSE = 125

const DURATION = /* @__PURE__ */ asciiBytes(',"duration_ms":')
const GPU = /* @__PURE__ */ asciiBytes(',"gpu_ms":')
const NO_GPU_FALSE = /* @__PURE__ */ asciiBytes(',"gpu_ms":null,"is_gpu":false,"n_calls":')
const FLAGS: readonly Uint8Array[] = /* @__PURE__ */ [
  ',"is_gpu":false,"n_calls":',
  ',"is_gpu":true,"n_calls":',
  ',"is_gpu":null,"n_calls":',
].map(asciiBytes)

/** Statistics of one device of one event; `isGpu` is 0, 1, or null. */
export interface EventStats {
  cpu: number | null
  gpu: number | null
  duration: number | null
  calls: number | null
  isGpu: number | null
}

/** The events of one row, sorted by name as they are read; each text lies in the arena's scratch. */
export interface EventList {
  count: number
  readonly events: (KnownName | null)[]
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** A list without events. */
export function createEventList(): EventList {
  return {
    count: 0,
    events: new Array(MAX_EVENTS).fill(null),
    starts: new Int32Array(MAX_EVENTS),
    ends: new Int32Array(MAX_EVENTS),
  }
}

/** Adds an event with one device. An event that comes twice is for the slow path. */
export function addEvent(
  list: EventList,
  arena: TextArena,
  event: KnownName,
  prefix: Uint8Array,
  stats: EventStats,
): void {
  const { events, starts, ends } = list
  if (list.count === MAX_EVENTS || !hasScratch(arena, prefix.length + STATS_BYTES)) throw UNUSUAL
  const start = arena.scratch
  putBytes(arena, prefix)
  putStats(arena, stats)
  let slot = list.count
  while (slot > 0 && (events[slot - 1] as KnownName).order > event.order) {
    events[slot] = events[slot - 1] as KnownName
    starts[slot] = starts[slot - 1] as number
    ends[slot] = ends[slot - 1] as number
    slot -= 1
  }
  if (slot > 0 && events[slot - 1] === event) throw UNUSUAL
  events[slot] = event
  starts[slot] = start
  ends[slot] = arena.scratch
  list.count += 1
}

/** Puts the text of the whole row together; returns its handle. The list is empty then. */
export function finishEvents(list: EventList, arena: TextArena): number {
  const { starts, ends } = list
  const handle = openText(arena, arena.scratch + list.count + 2)
  const { bytes } = arena
  let at = arena.used
  bytes[at++] = OPEN
  for (let slot = 0; slot < list.count; slot += 1) {
    if (slot > 0) bytes[at++] = COMMA
    const start = starts[slot] as number
    const end = ends[slot] as number
    bytes.copyWithin(at, start, end)
    at += end - start
  }
  bytes[at++] = CLOSE
  arena.used = at
  closeText(arena, handle)
  return handle
}

function putStats(arena: TextArena, stats: EventStats): void {
  const { cpu, gpu, duration, calls, isGpu } = stats
  const cpuText = numberText(cpu)
  putText(arena, cpuText)
  putBytes(arena, DURATION)
  putText(
    arena,
    duration === cpu ? cpuText : duration === gpu ? numberText(gpu) : numberText(duration),
  )
  if (gpu === null && isGpu === 0) putBytes(arena, NO_GPU_FALSE)
  else {
    putBytes(arena, GPU)
    putText(arena, gpu === duration && gpu === cpu ? cpuText : numberText(gpu))
    putBytes(arena, FLAGS[isGpu ?? 2] as Uint8Array)
  }
  putText(arena, numberText(calls))
  arena.bytes[arena.scratch++] = CLOSE
  arena.bytes[arena.scratch++] = CLOSE
}

function numberText(value: number | null): string {
  if (value === null) return 'null'
  return value - value === 0 ? String(value) : 'null'
}
