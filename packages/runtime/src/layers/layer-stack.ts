import type { LayerEntry } from './layer-entry.js'
import type { LayerCall, LayerLibrary } from './layer-library.js'

/**
 * The calls that are open, one inside the other, and the time of each without those inside it. What
 * the hooks themselves take is kept apart from both. Milliseconds of `now`.
 */
export interface LayerStack {
  readonly top: LayerCall | null
  /** When a call last began or ended. */
  readonly lastMs: number
  /** What the hooks took since {@link LayerStack.clear}, by half of the step. */
  readonly forwardCostMs: number
  readonly backwardCostMs: number
  /** Calls that began or ended since then. */
  readonly boundaries: number
  /** The open call of this target, or null. */
  find(target: object): LayerCall | null
  push(call: LayerCall): void
  /** Ends the newest call; false when `call` is another one. `finish` runs outside of any layer's time. */
  pop(call: LayerCall, finish: (() => void) | null): boolean
  /** Open calls are in this half from now on. */
  turn(isBackward: boolean): void
  /** Forgets all calls and costs. */
  clear(): void
}

/** Creates an empty stack. `library` is asked at every boundary. */
export function createLayerStack(now: () => number, library: () => LayerLibrary): LayerStack {
  return new Stack(now, library)
}

/** A class, because its fields are touched at every boundary. */
class Stack implements LayerStack {
  top: LayerCall | null = null
  lastMs = Number.NEGATIVE_INFINITY
  forwardCostMs = 0
  backwardCostMs = 0
  boundaries = 0
  readonly #calls: LayerCall[] = []
  readonly #now: () => number
  readonly #library: () => LayerLibrary

  constructor(now: () => number, library: () => LayerLibrary) {
    this.#now = now
    this.#library = library
  }

  find(target: object): LayerCall | null {
    for (let index = this.#calls.length - 1; index >= 0; index--) {
      const call = this.#calls[index]
      if (call?.target === target) return call
    }
    return null
  }

  push(call: LayerCall): void {
    const startMs = this.#settle()
    this.#calls.push(call)
    this.top = call
    this.#restart(startMs, call.isBackward)
  }

  pop(call: LayerCall, finish: (() => void) | null): boolean {
    if (call !== this.top) return false
    const startMs = this.#settle()
    this.#calls.pop()
    this.top = this.#calls.at(-1) ?? null
    finish?.()
    this.#restart(startMs, call.isBackward)
    return true
  }

  turn(isBackward: boolean): void {
    if (this.#calls.length === 0) return
    const startMs = this.#settle()
    for (const call of this.#calls) call.isBackward = isBackward
    this.#restart(startMs, isBackward)
  }

  clear(): void {
    this.#calls.length = 0
    this.top = null
    this.forwardCostMs = 0
    this.backwardCostMs = 0
    this.boundaries = 0
  }

  /** Books the time since the last boundary, and what was computed in it. Returns the time. */
  #settle(): number {
    const nowMs = this.#now()
    const { top } = this
    if (top !== null) tallyOf(top.entry, top.isBackward).ms += nowMs - this.lastMs
    this.#library().claim(top)
    return nowMs
  }

  /** From here on time is that of the call that is on top now. */
  #restart(startMs: number, isBackward: boolean): void {
    this.boundaries++
    this.lastMs = this.#now()
    if (isBackward) this.backwardCostMs += this.lastMs - startMs
    else this.forwardCostMs += this.lastMs - startMs
  }
}

/** The sums of one half. */
export function tallyOf(entry: LayerEntry, isBackward: boolean): LayerEntry['forward'] {
  return isBackward ? entry.backward : entry.forward
}
