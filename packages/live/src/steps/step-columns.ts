/** Rows of a {@link StepColumns} as they were read: views that never change. @internal */
export interface ColumnsView {
  /** Ascending and distinct. */
  readonly steps: Float64Array
  readonly flags: Uint8Array
  /** By slot; NaN is "not measured". */
  readonly values: readonly Float64Array[]
}

/**
 * The newest steps of one rank as columns. Steps usually come in order and are appended; a step that
 * comes again replaces the one before, and one that comes late is put into its place.
 *
 * Columns that were handed out are never written again where they were read: full storage is left
 * behind, not moved.
 *
 * @internal
 */
export class StepColumns {
  readonly #depth: number
  readonly #slots: number
  #columns: ColumnsView
  #start = 0
  #end = 0

  /** @param depth - Steps that are kept. @param slots - Values of each. */
  constructor(depth: number, slots: number) {
    this.#depth = depth
    this.#slots = slots
    this.#columns = this.#create()
  }

  get count(): number {
    return this.#end - this.#start
  }

  /** Largest step, null before the first. */
  get lastStep(): number | null {
    return this.count === 0 ? null : (this.#columns.steps[this.#end - 1] as number)
  }

  /** Value of the newest step; null when there is none or it was not measured. */
  lastValue(slot: number): number | null {
    const value = this.count === 0 ? Number.NaN : (this.#columns.values[slot]?.[this.#end - 1] ?? 0)
    return Number.isNaN(value) ? null : value
  }

  /** Takes a row in; its values start at `offset`. False for a step that is too old. */
  add(step: number, flag: number, values: Float64Array, offset: number): boolean {
    const last = this.lastStep
    if (last !== null && step <= last) return this.#insert(step, flag, values, offset)
    if (this.#end === this.#columns.steps.length) this.#move(this.#end)
    this.#write(this.#end, step, flag, values, offset)
    this.#end += 1
    if (this.count > this.#depth) this.#start += 1
    return true
  }

  /** The steps, without copying them. */
  view(): ColumnsView {
    const [start, end] = [this.#start, this.#end]
    return {
      steps: this.#columns.steps.subarray(start, end),
      flags: this.#columns.flags.subarray(start, end),
      values: this.#columns.values.map((column) => column.subarray(start, end)),
    }
  }

  #create(): ColumnsView {
    const rows = this.#depth * 2
    return {
      steps: new Float64Array(rows),
      flags: new Uint8Array(rows),
      values: Array.from({ length: this.#slots }, () => new Float64Array(rows)),
    }
  }

  /** Goes on in new storage, with a gap for one row before row `gapAt`. */
  #move(gapAt: number): void {
    const [from, start, end] = [this.#columns, this.#start, this.#end]
    const to = this.#create()
    const copy = (source: Float64Array | Uint8Array, target: Float64Array | Uint8Array): void => {
      target.set(source.subarray(start, gapAt))
      if (gapAt < end) target.set(source.subarray(gapAt, end), gapAt - start + 1)
    }
    copy(from.steps, to.steps)
    copy(from.flags, to.flags)
    for (let slot = 0; slot < this.#slots; slot += 1) {
      copy(from.values[slot] as Float64Array, to.values[slot] as Float64Array)
    }
    this.#columns = to
    this.#end = end - start
    this.#start = 0
  }

  #insert(step: number, flag: number, values: Float64Array, offset: number): boolean {
    const { steps } = this.#columns
    let at = this.#end
    while (at > this.#start && (steps[at - 1] as number) >= step) at -= 1
    const position = at - this.#start
    if (at < this.#end && steps[at] === step) {
      // The row may have been read: what was handed out stays as it was.
      this.#move(this.#end)
      this.#write(position, step, flag, values, offset)
      return true
    }
    if (position === 0 && this.count >= this.#depth) return false
    this.#move(at)
    this.#end += 1
    this.#write(position, step, flag, values, offset)
    if (this.count > this.#depth) this.#start += 1
    return true
  }

  #write(at: number, step: number, flag: number, values: Float64Array, offset: number): void {
    this.#columns.steps[at] = step
    this.#columns.flags[at] = flag
    for (let slot = 0; slot < this.#slots; slot += 1) {
      ;(this.#columns.values[slot] as Float64Array)[at] = values[offset + slot] as number
    }
  }
}
