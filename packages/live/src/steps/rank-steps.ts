import { PHASES, type RankStepColumns } from '@traceml/contracts'

const SLOTS = PHASES.length * 2

interface Columns {
  readonly steps: Float64Array
  readonly present: Uint8Array
  /** By slot: six phases on the host's clock, then on the device's. */
  readonly values: readonly Float64Array[]
}

function createColumns(rows: number): Columns {
  return {
    steps: new Float64Array(rows),
    present: new Uint8Array(rows),
    values: Array.from({ length: SLOTS }, () => new Float64Array(rows)),
  }
}

/**
 * The newest steps of one rank. Steps usually come in order and are appended; a step that comes again
 * replaces the one before, and one that comes late is put into its place.
 *
 * Columns that were handed out are never written again where they were read: full storage is left
 * behind, not moved.
 *
 * @internal
 */
export class RankSteps {
  readonly globalRank: number
  readonly #depth: number
  #columns: Columns
  #start = 0
  #end = 0

  /** @param depth - Steps that are kept at least. */
  constructor(globalRank: number, depth: number) {
    this.globalRank = globalRank
    this.#depth = depth
    this.#columns = createColumns(depth * 2)
  }

  get count(): number {
    return this.#end - this.#start
  }

  /** Largest step, null before the first. */
  get lastStep(): number | null {
    return this.count === 0 ? null : (this.#columns.steps[this.#end - 1] as number)
  }

  /** Takes a row in; its twelve values start at `offset`. False for a step that is too old. */
  add(step: number, present: number, values: Float64Array, offset: number): boolean {
    const last = this.lastStep
    if (last === null || step > last) {
      this.#reserve()
      this.#write(this.#end, step, present, values, offset)
      this.#end += 1
      if (this.count > this.#depth) this.#start += 1
      return true
    }
    return this.#insert(step, present, values, offset)
  }

  /** The steps as columns, without copying them. */
  columns(): RankStepColumns {
    const [start, end] = [this.#start, this.#end]
    const view = (column: Float64Array): Float64Array => column.subarray(start, end)
    const values = this.#columns.values.map(view)
    return {
      globalRank: this.globalRank,
      steps: view(this.#columns.steps),
      present: this.#columns.present.subarray(start, end),
      cpuMs: values.slice(0, PHASES.length),
      gpuMs: values.slice(PHASES.length),
    }
  }

  #reserve(): void {
    if (this.#end === this.#columns.steps.length) this.#move(this.#start, this.#end)
  }

  /** Copies rows into new storage. */
  #move(start: number, end: number, gapAt = end): void {
    const from = this.#columns
    const to = createColumns(this.#depth * 2)
    const copy = (source: Float64Array | Uint8Array, target: Float64Array | Uint8Array): void => {
      target.set(source.subarray(start, gapAt))
      target.set(source.subarray(gapAt, end), gapAt - start + (gapAt < end ? 1 : 0))
    }
    copy(from.steps, to.steps)
    copy(from.present, to.present)
    for (let slot = 0; slot < SLOTS; slot += 1) {
      copy(from.values[slot] as Float64Array, to.values[slot] as Float64Array)
    }
    this.#columns = to
    this.#end -= this.#start
    this.#start = 0
  }

  #insert(step: number, present: number, values: Float64Array, offset: number): boolean {
    let at = this.#end
    const { steps } = this.#columns
    while (at > this.#start && (steps[at - 1] as number) >= step) at -= 1
    const isReplacement = at < this.#end && steps[at] === step
    const position = at - this.#start
    if (isReplacement) {
      // The row may have been read: what was handed out stays as it was.
      this.#move(this.#start, this.#end)
      this.#write(position, step, present, values, offset)
      return true
    }
    if (at === this.#start && this.count >= this.#depth) return false
    this.#move(this.#start, this.#end, at)
    this.#end += 1
    this.#write(position, step, present, values, offset)
    if (this.count > this.#depth) this.#start += 1
    return true
  }

  #write(at: number, step: number, present: number, values: Float64Array, offset: number): void {
    this.#columns.steps[at] = step
    this.#columns.present[at] = present
    for (let slot = 0; slot < SLOTS; slot += 1) {
      ;(this.#columns.values[slot] as Float64Array)[at] = values[offset + slot] as number
    }
  }
}
