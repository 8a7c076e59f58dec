/** A stretch of time on a track of a rank. */
export interface TimelineSlice {
  readonly record: 'slice'
  readonly rank: number
  /** Where it is drawn: durations on the host's clock, or on the device's. */
  readonly clock: 'cpu' | 'gpu'
  /** 0 for a step, 1 for a phase within it, 2 for a part of a phase. */
  readonly depth: 0 | 1 | 2
  /** `step`, a phase, or the name of a layer. */
  readonly name: string
  readonly step: number
  /** Microseconds since the epoch, whole. */
  readonly startUs: number
  /** Microseconds, whole; what is drawn. */
  readonly durationUs: number
  /** Milliseconds as measured; differs from what is drawn where it did not fit into its parent. */
  readonly measuredMs: number
}

/** A value that changes over time. */
export interface TimelineCounter {
  readonly record: 'counter'
  /** Whose value it is. */
  readonly of: { readonly kind: 'rank' | 'node'; readonly id: number }
  /** `process_memory`, `gpu0_utilization`, … */
  readonly name: string
  readonly unit: 'bytes' | 'percent' | 'celsius' | 'watts' | 'count'
  /** Microseconds since the epoch, whole. */
  readonly timeUs: number
  readonly value: number
}

/** Announces a rank or node; comes before anything of it. */
export interface TimelineSource {
  readonly record: 'source'
  readonly kind: 'rank' | 'node'
  readonly id: number
  readonly hostname: string | null
  /** It has times on a device's clock. */
  readonly hasDeviceClock: boolean
}

/** One piece of a timeline. */
export type TimelineRecord = TimelineSource | TimelineSlice | TimelineCounter

/** A timeline to be written. */
export interface Timeline {
  readonly runName: string
  /** Slices of one rank and clock come in the order of time, a parent before its children. */
  readonly records: Iterable<TimelineRecord>
}
