import type { TensorHistory } from '../row.js'

/** Points that are kept: enough for a line, small enough for a row. */
const CAPACITY = 64

/** Live tensors over the run, bounded: when it is full, every other point goes. */
export interface TensorSeries {
  add(step: number, count: number, bytes: number): void
  read(): TensorHistory
}

/** Creates an empty series. */
export function createTensorSeries(): TensorSeries {
  let points: (readonly [number, number, number])[] = []
  let stride = 1
  let seen = 0
  let ups = 0
  let downs = 0
  let levels = 0
  let last: readonly [number, number, number] | null = null

  return {
    add(step, count, bytes) {
      if (last !== null) {
        if (count > last[1]) ups += 1
        else if (count < last[1]) downs += 1
        else levels += 1
      }
      last = [step, count, bytes]
      if (seen++ % stride !== 0) return
      points.push(last)
      if (points.length < CAPACITY) return
      points = points.filter((_, index) => index % 2 === 0)
      stride *= 2
    },
    read() {
      const isCurrent = last === null || points.at(-1) === last
      return { series: isCurrent ? [...points] : [...points, last as never], ups, downs, levels }
    },
  }
}
