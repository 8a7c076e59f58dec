import { addClock, closePhaseRow, PHASE_COUNT } from '../step-events/phase-row.js'
import { addRow, openNextPhaseRow, type Pending, TABLE } from '../writer/pending.js'
import { type Cursor, readFlag, readInt, readMap, readReal, UNUSUAL } from './cursor.js'
import { addEvent, type EventList, type EventStats, finishEvents } from './event-text.js'
import type { FastIdentity } from './identity.js'
import { keyTable, readKey } from './keys.js'
import { eventPrefix, type NameTable, readName } from './names.js'

const ROW_KEYS = /* @__PURE__ */ keyTable(['seq', 'timestamp', 'step', 'events'])
const STATS_KEYS = /* @__PURE__ */ keyTable([
  'is_gpu',
  'duration_ms',
  'cpu_ms',
  'gpu_ms',
  'n_calls',
])
/** No events read yet. */
const NONE = -1

/** What {@link readStepRow} needs besides the cursor. */
export interface StepRowContext {
  readonly identity: FastIdentity
  readonly events: NameTable
  readonly devices: NameTable
  /** Scratch. */
  readonly list: EventList
  /** Scratch. */
  readonly stats: EventStats
}

/** Turns one row of a step into its columns and the canonical text of its events. */
export function readStepRow(
  cursor: Cursor,
  context: StepRowContext,
  recvTsNs: bigint,
  pending: Pending,
): void {
  const { identity } = context
  const at = openNextPhaseRow(pending)
  let seq: number | null = null
  let timestamp: number | null = null
  let step: number | null = null
  let events = NONE
  let expected = 0
  for (let pairs = readMap(cursor); pairs > 0; pairs -= 1) {
    const key = readKey(cursor, ROW_KEYS, expected)
    expected = key + 1
    if (key === 0) seq = readInt(cursor)
    else if (key === 1) timestamp = readReal(cursor)
    else if (key === 2) step = readInt(cursor)
    else if (events === NONE) events = readEvents(cursor, context, pending, at)
    else throw UNUSUAL
  }
  addRow(pending, TABLE.stepTime, [
    recvTsNs,
    identity.rank,
    identity.globalRank,
    identity.localRank,
    identity.worldSize,
    identity.localWorldSize,
    identity.nodeRank,
    identity.hostname,
    timestamp,
    seq,
    step,
    events === NONE ? '{}' : events,
  ])
}

/** Reads the events of a row; returns the handle of their text. */
function readEvents(cursor: Cursor, context: StepRowContext, pending: Pending, at: number): number {
  const { list, stats } = context
  const { texts } = pending
  const { values } = pending.phases
  const count = readMap(cursor)
  let present = 0
  list.count = 0
  texts.scratch = 0
  for (let index = 0; index < count; index += 1) {
    const event = readName(cursor, context.events)
    // Events without a device, or with several, are rare enough for the slow path.
    if (readMap(cursor) !== 1) throw UNUSUAL
    const device = readName(cursor, context.devices)
    readStats(cursor, stats)
    addEvent(list, texts, event, eventPrefix(event, device), stats)
    if (event.phase < 0) continue
    present |= 1 << event.phase
    if (stats.cpu !== null) addClock(values, at + event.phase, stats.cpu)
    if (stats.gpu !== null) addClock(values, at + PHASE_COUNT + event.phase, stats.gpu)
  }
  closePhaseRow(values, at)
  pending.phases.present[(pending.rows[TABLE.stepTime] as unknown[]).length] = present
  return finishEvents(list, texts)
}

function readStats(cursor: Cursor, stats: EventStats): void {
  stats.cpu = null
  stats.gpu = null
  stats.duration = null
  stats.calls = null
  stats.isGpu = null
  let expected = 0
  for (let pairs = readMap(cursor); pairs > 0; pairs -= 1) {
    const key = readKey(cursor, STATS_KEYS, expected)
    expected = key + 1
    if (key === 0) stats.isGpu = readFlag(cursor)
    else if (key === 1) stats.duration = readReal(cursor)
    else if (key === 2) stats.cpu = readReal(cursor)
    else if (key === 3) stats.gpu = readReal(cursor)
    else stats.calls = readInt(cursor)
  }
}
