import type { Timeline, TimelineCounter, TimelineSlice, TimelineSource } from './records.js'

/** Nodes stand behind the ranks. */
const NODE_PID = 1_000_000
const THREADS = { cpu: 1, gpu: 2 } as const

/**
 * A timeline as a trace of Chrome's Trace Event Format, in pieces of text: open the file in
 * https://ui.perfetto.dev or in a trace viewer of a browser. One process per rank with a thread per
 * clock, one per node with its counters.
 *
 * @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function* toPerfetto(timeline: Timeline): Generator<string> {
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify({
    producer: 'traceml',
    run: timeline.runName,
    note: 'Durations are measured; phases within a step, and layers within a phase, are laid out one behind the other.',
  })},"traceEvents":[`
  let separator = '\n'
  for (const record of timeline.records) {
    for (const event of record.record === 'source' ? describe(record) : [toEvent(record)]) {
      yield separator + JSON.stringify(event)
      separator = ',\n'
    }
  }
  yield '\n]}\n'
}

function describe(source: TimelineSource): readonly object[] {
  const { kind, id, hostname, hasDeviceClock } = source
  const pid = kind === 'rank' ? id : NODE_PID + id
  const meta = (name: string, args: object, tid = 0): object => ({ ph: 'M', name, pid, tid, args })
  const host = hostname === null ? '' : ` (${hostname})`
  const process = [
    meta('process_name', { name: `${kind} ${id}${host}` }),
    meta('process_sort_index', { sort_index: pid }),
  ]
  if (kind === 'node') return process
  const hostTrack = meta('thread_name', { name: 'steps, host clock' }, THREADS.cpu)
  if (!hasDeviceClock) return [...process, hostTrack]
  return [...process, hostTrack, meta('thread_name', { name: 'steps, device clock' }, THREADS.gpu)]
}

function toEvent(record: TimelineSlice | TimelineCounter): object {
  if (record.record === 'counter') {
    const { of, name, unit, timeUs, value } = record
    const pid = of.kind === 'rank' ? of.id : NODE_PID + of.id
    return { ph: 'C', name, pid, tid: 0, ts: timeUs, args: { [unit]: value } }
  }
  const { rank, clock, name, depth, step, startUs, durationUs, measuredMs } = record
  return {
    ph: 'X',
    name: depth === 0 ? `step ${step}` : name,
    cat: depth === 0 ? 'step' : depth === 1 ? 'phase' : 'layer',
    pid: rank,
    tid: THREADS[clock],
    ts: startUs,
    dur: durationUs,
    args: { step, ms: measuredMs },
  }
}
