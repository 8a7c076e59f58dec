import type { Timeline, TimelineRecord, TimelineSource } from './records.js'

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
    note: 'Durations are measured; phases within a step are laid out one behind the other.',
  })},"traceEvents":[`
  let separator = '\n'
  for (const source of timeline.sources) {
    for (const event of describe(source)) {
      yield separator + JSON.stringify(event)
      separator = ',\n'
    }
  }
  for (const record of timeline.records) {
    yield separator + JSON.stringify(toEvent(record))
    separator = ',\n'
  }
  yield '\n]}\n'
}

function describe({ kind, id, hostname }: TimelineSource): readonly object[] {
  const pid = kind === 'rank' ? id : NODE_PID + id
  const meta = (name: string, args: object, tid = 0): object => ({ ph: 'M', name, pid, tid, args })
  const host = hostname === null ? '' : ` (${hostname})`
  const process = [
    meta('process_name', { name: `${kind} ${id}${host}` }),
    meta('process_sort_index', { sort_index: pid }),
  ]
  if (kind === 'node') return process
  return [
    ...process,
    meta('thread_name', { name: 'steps, host clock' }, THREADS.cpu),
    meta('thread_name', { name: 'steps, device clock' }, THREADS.gpu),
  ]
}

function toEvent(record: TimelineRecord): object {
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
