import type { RecordedStep, StepSource, TrainingEnvironment } from '@traceml/contracts'
import type { SharedState } from './shared-layout.js'
import { CONTROL } from './shared-layout.js'
import { HAS_MEMORY, RECORD_HEAD_WORDS } from './step-recorder.js'
import { readText, readTextEntry } from './text-table.js'

/** The agent's end of the ring, with what only the agent needs. */
export interface RingStepSource extends StepSource {
  /** Gives back the part of the ring that every reader has read; call it after each tick. */
  release(): void
  /** Takes a reader off the list, so that it no longer holds the ring back. */
  forget(reader: string): void
  /** Steps that a reader lost because it fell more than half a ring behind. */
  missedSteps(): number
}

/** Options of {@link createStepSource}. */
export interface StepSourceOptions {
  readonly shared: SharedState
  /**
   * Unix milliseconds at the zero of the recorder's clock, asked once per read so that the label
   * follows a clock that was set.
   */
  readonly wallOriginMs: () => number
}

/** Makes the reading end of a recorder's ring. Each reader has its own position. */
export function createStepSource(options: StepSourceOptions): RingStepSource {
  const { shared } = options
  const { control, words, halves } = shared
  const mask = words.length - 1
  const positions = new Map<string, number>()
  const view = new RecordView(shared)
  let tail = Atomics.load(control, CONTROL.tail)
  let missed = 0

  const head = (): number => Atomics.load(control, CONTROL.head)
  const position = (reader: string): number => {
    const known = positions.get(reader)
    if (known !== undefined) return known
    positions.set(reader, tail)
    return tail
  }
  /** Position after the record at `from`; counts it when `count` is given. */
  const next = (from: number, count?: () => void): number => {
    const size = (halves[(from & mask) * 2] as number) & 0x7fff_ffff
    if (size === 0) return (from + (mask + 1 - (from & mask))) | 0
    count?.()
    return (from + size) | 0
  }

  return {
    read(reader, visit) {
      const end = head()
      let at = position(reader)
      if (at === end) return
      view.wallOriginMs = options.wallOriginMs()
      try {
        while (at !== end) {
          const index = at & mask
          const here = at
          // Advanced before the visit: a visitor that throws does not see the same step again.
          at = next(at)
          if ((halves[index * 2] as number) !== 0) {
            view.moveTo(here & mask)
            visit(view)
          }
        }
      } finally {
        positions.set(reader, at)
      }
    },
    hasUnread: (reader) => position(reader) !== head(),
    droppedSteps: () => Atomics.load(control, CONTROL.stepsDropped),
    completedSteps: () => {
      head()
      return (control[CONTROL.stepsCompleted] as number) >>> 0
    },
    environment: () => {
      const length = Atomics.load(control, CONTROL.environmentLength)
      if (length === 0) return null
      return JSON.parse(readText(shared.environment, length)) as TrainingEnvironment
    },
    release() {
      const end = head()
      const farthest = (mask + 1) >> 1
      let oldest = end
      for (const [reader, start] of positions) {
        let at = start
        while (((end - at) | 0) > farthest) at = next(at, () => (missed += 1))
        if (at !== start) positions.set(reader, at)
        if (((end - at) | 0) > ((end - oldest) | 0)) oldest = at
      }
      tail = oldest
      Atomics.store(control, CONTROL.tail, tail)
    },
    forget: (reader) => {
      positions.delete(reader)
    },
    missedSteps: () => missed,
  }
}

/** One record seen as a step; moved from record to record instead of allocated. */
class RecordView implements RecordedStep {
  wallOriginMs = 0
  step = 0
  endTimeSeconds = 0
  device = 'cpu'
  eventCount = 0
  liveBytes: number | null = null
  liveTensorCount: number | null = null

  readonly #shared: SharedState
  readonly #names: string[] = []
  readonly #devices: string[] = []
  #events = 0

  constructor(shared: SharedState) {
    this.#shared = shared
  }

  moveTo(at: number): void {
    const { words, halves } = this.#shared
    const size = halves[at * 2] as number
    const counts = halves[at * 2 + 1] as number
    this.eventCount = counts & 0xffff
    this.step = words[at + 1] as number
    this.endTimeSeconds = (this.wallOriginMs + (words[at + 2] as number)) / 1000
    this.#events = at + RECORD_HEAD_WORDS
    this.device = this.#text(this.#devices, this.#shared.devices, counts >>> 16)
    if ((size & HAS_MEMORY) === 0) {
      this.liveBytes = null
      this.liveTensorCount = null
      return
    }
    const end = at + (size & 0x7fff_ffff)
    this.liveBytes = words[end - 2] as number
    this.liveTensorCount = words[end - 1] as number
  }

  eventName(index: number): string {
    return this.#text(this.#names, this.#shared.names, this.#packed(index) & 0xff)
  }

  eventMs(index: number): number {
    return this.#shared.words[this.#events + index] as number
  }

  eventCalls(index: number): number {
    return this.#packed(index) >>> 8
  }

  #packed(index: number): number {
    return this.#shared.halves[(this.#events + this.eventCount) * 2 + index] as number
  }

  #text(cache: string[], table: Uint8Array, index: number): string {
    const known = cache[index]
    if (known !== undefined) return known
    const text = readTextEntry(table, index)
    cache[index] = text
    return text
  }
}
