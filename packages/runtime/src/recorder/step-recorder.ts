import type { JsonObject, StepRecorder, TrainingEnvironment } from '@traceml/contracts'
import { PHASE_EVENTS, PHASE_INDEX, PHASES } from '@traceml/contracts'
import type { SharedState } from './shared-layout.js'
import { CONTROL, DEVICE_CAPACITY, NAME_CAPACITY } from './shared-layout.js'
import { writeText, writeTextEntry } from './text-table.js'

/** Slot of the input wait: the phases have the slots of their order. */
export const INPUT_SLOT: number = PHASE_INDEX.input_wait
const STEP_SLOT = PHASE_INDEX.traced_step_time

/** Words of a record before its events: size and counts, step number, end time. */
export const RECORD_HEAD_WORDS = 3
/** Set in a record's size half when two words of memory figures follow the events. */
export const HAS_MEMORY = 0x8000_0000
const MAX_CALLS = 0xff_ffff

/** Follows the steps of a recorder. Neither method may throw. */
export interface StepObserver {
  /** A step is complete and about to be written: what was added to it can still be read. */
  committing(step: number, tracedStepMs: number, endMs: number): void
  /** What was added since the last step belongs to none. */
  discarded(): void
}

/** The recorder of a process, with what only the SDK needs. */
export interface RingStepRecorder extends StepRecorder {
  /** Undoes additions to the step being recorded that turned out not to belong to any step. */
  retract(slot: number, durationMs: number, calls: number): void
  /** Milliseconds of `slot` in the step being recorded. */
  pendingMs(slot: number): number
  /** Goes up with every commit and discard: what was added before belongs to a settled step. */
  readonly epoch: number
  /** Steps completed so far. */
  completedSteps(): number
  /** Label of the device, as set last. */
  readonly device: string
  /** Lets one observer follow the steps from now on. */
  observe(observer: StepObserver): void
  /** Switches recording off for good. */
  close(): void
}

/** Options of {@link createStepRecorder}. */
export interface StepRecorderOptions {
  readonly shared: SharedState
  /** The last step that is recorded; null for no limit. */
  readonly maxSteps?: number | null
  /** Called after each recorded step with its end; must be cheap. */
  readonly onCommit?: (endMs: number) => void
  /** Takes what is published; may throw, a fact is then lost. Absent: facts go nowhere. */
  readonly onFact?: (topic: string, fact: JsonObject) => void
}

/**
 * Makes the recorder of the training thread. What happens within a step is summed in ordinary
 * memory; a commit writes one record into the shared ring and publishes it with one atomic store.
 * Nothing is allocated per step. A full ring drops the step and counts it.
 */
export function createStepRecorder(options: StepRecorderOptions): RingStepRecorder {
  return new SharedRingRecorder(options)
}

/** A class, because its fields are the hot state of every step. */
class SharedRingRecorder implements RingStepRecorder {
  enabled = true
  epoch = 0
  boundaryOwner: 'auto' | 'sdk' = 'auto'

  readonly #control: Int32Array
  readonly #words: Float64Array
  readonly #halves: Uint32Array
  readonly #shared: SharedState
  readonly #onCommit: ((endMs: number) => void) | null
  readonly #onFact: ((topic: string, fact: JsonObject) => void) | null
  readonly #maxSteps: number
  readonly #mask: number

  readonly #ms: Float64Array = new Float64Array(NAME_CAPACITY)
  readonly #calls: Uint32Array = new Uint32Array(NAME_CAPACITY)
  readonly #touched: Uint16Array = new Uint16Array(NAME_CAPACITY)
  readonly #memory: Float64Array = new Float64Array(2)
  #touchedCount = 0
  #hasMemory = false

  readonly #slots: Map<string, number> = new Map()
  readonly #deviceIds: Map<string, number> = new Map()
  #nameCount = 0
  #device = 0
  #deviceLabel = ''
  #hasEnvironment = false
  #completed = 0
  #dropped = 0
  #observer: StepObserver | null = null
  #head = 0
  #tail = 0

  constructor(options: StepRecorderOptions) {
    this.#shared = options.shared
    this.#control = options.shared.control
    this.#words = options.shared.words
    this.#halves = options.shared.halves
    this.#mask = options.shared.words.length - 1
    this.#maxSteps = options.maxSteps ?? Number.POSITIVE_INFINITY
    this.#onCommit = options.onCommit ?? null
    this.#onFact = options.onFact ?? null
    for (const phase of PHASES) this.slot(PHASE_EVENTS[phase])
    this.setDevice('cpu')
  }

  slot(eventName: string): number {
    const known = this.#slots.get(eventName)
    if (known !== undefined) return known
    const slot = this.#nameCount
    if (slot >= NAME_CAPACITY) return -1
    writeTextEntry(this.#shared.names, slot, eventName)
    this.#slots.set(eventName, slot)
    this.#nameCount = slot + 1
    Atomics.store(this.#control, CONTROL.nameCount, slot + 1)
    return slot
  }

  add(slot: number, durationMs: number): void {
    // The comparison also refuses NaN and the slot −1.
    if (!this.enabled || !(durationMs >= 0) || slot >>> 0 >= this.#nameCount) return
    const calls = this.#calls[slot] as number
    if (calls === 0) {
      this.#touched[this.#touchedCount++] = slot
      this.#ms[slot] = durationMs
    } else {
      this.#ms[slot] = (this.#ms[slot] as number) + durationMs
    }
    if (calls < MAX_CALLS) this.#calls[slot] = calls + 1
  }

  retract(slot: number, durationMs: number, calls: number): void {
    const left = (this.#calls[slot] ?? 0) - calls
    if (left > 0) {
      this.#calls[slot] = left
      this.#ms[slot] = Math.max(0, (this.#ms[slot] as number) - durationMs)
      return
    }
    const at = this.#touched.indexOf(slot)
    if (left < 0 || at < 0 || at >= this.#touchedCount) return
    this.#touched.copyWithin(at, at + 1, this.#touchedCount)
    this.#touchedCount -= 1
    this.#calls[slot] = 0
  }

  pendingMs(slot: number): number {
    return (this.#calls[slot] ?? 0) === 0 ? 0 : (this.#ms[slot] as number)
  }

  commit(tracedStepMs: number, endMs: number): void {
    if (!this.enabled) return
    this.add(STEP_SLOT, tracedStepMs)
    const step = this.#completed + 1
    this.#completed = step
    if (this.#observer !== null) this.#observer.committing(step, tracedStepMs, endMs)
    const count = this.#touchedCount
    const size = RECORD_HEAD_WORDS + count + ((count + 1) >> 1) + (this.#hasMemory ? 2 : 0)
    const at = this.#reserve(size)
    if (at >= 0) this.#write(at, size, step, endMs)
    else Atomics.store(this.#control, CONTROL.stepsDropped, ++this.#dropped)
    this.#forget()
    this.#control[CONTROL.stepsCompleted] = step
    Atomics.store(this.#control, CONTROL.head, this.#head)
    if (step >= this.#maxSteps) {
      this.enabled = false
      Atomics.store(this.#control, CONTROL.limitReached, 1)
    }
    if (this.#onCommit !== null) this.#onCommit(endMs)
  }

  discard(): void {
    this.#forget()
    if (this.#observer !== null) this.#observer.discarded()
  }

  setMemory(liveBytes: number, liveTensorCount: number): void {
    if (!this.enabled) return
    this.#memory[0] = liveBytes
    this.#memory[1] = liveTensorCount
    this.#hasMemory = true
  }

  setDevice(label: string): void {
    if (label === this.#deviceLabel) return
    let id = this.#deviceIds.get(label)
    if (id === undefined) {
      id = this.#deviceIds.size
      // A seventeenth device: keep the last label rather than lose the step.
      if (id >= DEVICE_CAPACITY) return
      writeTextEntry(this.#shared.devices, id, label)
      this.#deviceIds.set(label, id)
      Atomics.store(this.#control, CONTROL.deviceCount, id + 1)
    }
    this.#device = id
    this.#deviceLabel = label
  }

  setEnvironment(environment: TrainingEnvironment): void {
    if (this.#hasEnvironment) return
    this.#hasEnvironment = true
    const length = writeText(this.#shared.environment, JSON.stringify(environment))
    Atomics.store(this.#control, CONTROL.environmentLength, length)
  }

  publish(topic: string, fact: JsonObject): void {
    if (!this.enabled || this.#onFact === null) return
    try {
      this.#onFact(topic, fact)
    } catch {
      // A fact that cannot be copied to the other thread is lost; the training goes on.
    }
  }

  claimBoundaries(): void {
    this.boundaryOwner = 'sdk'
  }

  completedSteps(): number {
    return this.#completed
  }

  get device(): string {
    return this.#deviceLabel
  }

  observe(observer: StepObserver): void {
    this.#observer = observer
  }

  close(): void {
    this.enabled = false
  }

  /** Index of `size` free words in a row, or −1. Advances the head past them. */
  #reserve(size: number): number {
    const capacity = this.#mask + 1
    let at = this.#head & this.#mask
    const padding = at + size > capacity ? capacity - at : 0
    const needed = size + padding
    if (needed > capacity - ((this.#head - this.#tail) | 0)) {
      this.#tail = Atomics.load(this.#control, CONTROL.tail)
      if (needed > capacity - ((this.#head - this.#tail) | 0)) return -1
    }
    if (padding > 0) {
      this.#halves[at * 2] = 0
      at = 0
    }
    this.#head = (this.#head + needed) | 0
    return at
  }

  #write(at: number, size: number, step: number, endMs: number): void {
    const words = this.#words
    const halves = this.#halves
    const count = this.#touchedCount
    halves[at * 2] = this.#hasMemory ? (size | HAS_MEMORY) >>> 0 : size
    halves[at * 2 + 1] = count | (this.#device << 16)
    words[at + 1] = step
    words[at + 2] = endMs
    const events = at + RECORD_HEAD_WORDS
    const packed = (events + count) * 2
    for (let index = 0; index < count; index += 1) {
      const slot = this.#touched[index] as number
      words[events + index] = this.#ms[slot] as number
      halves[packed + index] = slot | ((this.#calls[slot] as number) << 8)
    }
    if (this.#hasMemory) {
      words[at + size - 2] = this.#memory[0] as number
      words[at + size - 1] = this.#memory[1] as number
    }
  }

  #forget(): void {
    for (let index = 0; index < this.#touchedCount; index += 1) {
      this.#calls[this.#touched[index] as number] = 0
    }
    this.#touchedCount = 0
    this.#hasMemory = false
    this.epoch += 1
  }
}
