import { readdirSync, readFileSync } from 'node:fs'
import type { Pair } from './evaluate.js'

/** Step times of real runs that were made in turn, as `record.mjs` writes them. */
export interface Recording {
  readonly name: string
  readonly training: string
  /** How much of A's work B really does. */
  readonly factor: number
  /** Milliseconds; shape [runs][steps]. */
  readonly a: readonly (readonly number[])[]
  readonly b: readonly (readonly number[])[]
}

const FOLDER = new URL('./recordings/', import.meta.url)

/** All recordings of the folder. */
export function recordings(): readonly Recording[] {
  return readdirSync(FOLDER)
    .toSorted()
    .map((file) => {
      const recording = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recording
      return { ...recording, name: file.replace(/\.json$/, '') }
    })
}

/**
 * Every ordered pair of runs that did the same work, with the second one slowed down on paper: real
 * noise, and a truth that is known exactly.
 */
export function recordedPairs({ a, b }: Recording, factor: number): readonly Pair[] {
  return [a, b].flatMap((runs) =>
    runs.flatMap((first, i) =>
      runs
        .filter((_, j) => j !== i)
        .map((second): Pair => [first, second.map((ms) => ms * factor)]),
    ),
  )
}
