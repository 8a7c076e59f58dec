import { PHASES, type RankStepColumns } from '@traceml/contracts'
import { pickRows } from '../internal/select.js'
import type { DecodedStepRow } from './rows.js'

/** What a selection covers, before rows that did not decode are dropped. */
interface NewestRow {
  readonly sourceId: number
  readonly step: number
}

/** Set in `present` of a row that did not decode. */
const UNDECODED = 1 << 7

/** Rows of one rank in columns that grow, in the order in which they came. */
export class RankRows {
  readonly globalRank: number
  #count = 0
  #steps = new Float64Array(16)
  #sourceIds = new Float64Array(16)
  #present = new Uint8Array(16)
  #cpuMs = PHASES.map(() => new Float64Array(16))
  #gpuMs = PHASES.map(() => new Float64Array(16))
  /** Every step so far was larger than the one before. */
  #isAscending = true

  constructor(globalRank: number) {
    this.globalRank = globalRank
  }

  add({ step, sourceId, metrics }: DecodedStepRow): void {
    const row = this.#count
    if (row === this.#steps.length) this.#grow()
    if (row > 0 && step <= (this.#steps[row - 1] as number)) this.#isAscending = false
    this.#steps[row] = step
    this.#sourceIds[row] = sourceId
    let present = metrics === null ? UNDECODED : 0
    for (let p = 0; p < PHASES.length; p++) {
      const clocks = metrics?.[PHASES[p] as (typeof PHASES)[number]]
      if (clocks) present |= 1 << p
      ;(this.#cpuMs[p] as Float64Array)[row] = toMs(clocks?.cpuMs)
      ;(this.#gpuMs[p] as Float64Array)[row] = toMs(clocks?.gpuMs)
    }
    this.#present[row] = present
    this.#count = row + 1
  }

  /** The newest `depth` distinct steps, each by the row with the highest source id. */
  select(depth: number): { readonly columns: RankStepColumns; readonly newest: NewestRow | null } {
    const chosen = this.#distinctRows()
    const rows = chosen.subarray(Math.max(0, chosen.length - depth))
    let newest: NewestRow | null = null
    for (const row of rows) {
      const sourceId = Math.max(newest?.sourceId ?? -Infinity, this.#sourceIds[row] as number)
      newest = { sourceId, step: this.#steps[row] as number }
    }
    const decoded = rows.filter((row) => this.#present[row] !== UNDECODED)
    const pick = (column: Float64Array): Float64Array<ArrayBuffer> => pickRows(column, decoded)
    const columns = {
      globalRank: this.globalRank,
      steps: pick(this.#steps),
      present: Uint8Array.from(decoded, (row) => this.#present[row] as number),
      cpuMs: this.#cpuMs.map(pick),
      gpuMs: this.#gpuMs.map(pick),
    }
    return { columns, newest }
  }

  /** Row numbers by ascending step, one a step. */
  #distinctRows(): Int32Array {
    const rows = Int32Array.from({ length: this.#count }, (_, row) => row)
    if (this.#isAscending) return rows
    const steps = this.#steps
    const ids = this.#sourceIds
    const at = (column: Float64Array, row: number): number => column[row] as number
    rows.sort((a, b) => at(steps, a) - at(steps, b) || at(ids, a) - at(ids, b) || a - b)
    return rows.filter((row, i) => at(steps, row) !== steps[rows[i + 1] ?? -1])
  }

  #grow(): void {
    const grown = <Column extends Float64Array | Uint8Array>(
      column: Column,
      copy: Column,
    ): Column => {
      copy.set(column)
      return copy
    }
    const size = this.#count * 2
    const double = (column: Float64Array): Float64Array<ArrayBuffer> =>
      grown(column, new Float64Array(size)) as Float64Array<ArrayBuffer>
    this.#steps = double(this.#steps)
    this.#sourceIds = double(this.#sourceIds)
    this.#present = grown(this.#present, new Uint8Array(size))
    this.#cpuMs = this.#cpuMs.map(double)
    this.#gpuMs = this.#gpuMs.map(double)
  }
}

/** NaN for everything that is not a duration. */
function toMs(value: number | null | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : Number.NaN
}
