import { plainLine } from '@traceml/contracts'

/** A part of a document of unknown shape. */
export type Part = Readonly<Record<string, unknown>>

/** Characters of a sentence that are shown at most. */
const MAX_SENTENCE = 2000
/** Characters of a name that are shown at most. */
const MAX_NAME = 120

/** A value as an object; an empty one when it is something else. */
export function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {}
}

/** The part at a path of keys; an empty one when any of them is missing. */
export function partAt(value: unknown, ...path: readonly string[]): Part {
  return path.reduce<Part>((part, key) => partOf(ownValue(part, key)), partOf(value))
}

/** A value of the part itself: keys as `constructor` are not found in its prototype. */
export function ownValue(part: Part, key: string): unknown {
  return Object.hasOwn(part, key) ? part[key] : undefined
}

/** A list; an empty one when the value is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A finite number, else null. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** A whole number from 0, else null. */
export function countOf(value: unknown): number | null {
  const number = numberOf(value)
  return number !== null && number >= 0 ? Math.trunc(number) : null
}

/** A sentence without anything that steers a terminal or a page; null when there is none. */
export function sentenceOf(value: unknown): string | null {
  return lineOf(value, MAX_SENTENCE)
}

/** A short name, cleaned as {@link sentenceOf}; null when there is none. */
export function nameOf(value: unknown): string | null {
  return lineOf(value, MAX_NAME)
}

function lineOf(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string') return null
  const line = plainLine(value, maxLength)
  return line === '' ? null : line
}

/** Numbers by name; what is no finite number is null. Other keys of the part are kept as they are. */
export function numbersOf(value: unknown): Readonly<Record<string, number | null>> {
  return Object.fromEntries(
    Object.entries(partOf(value)).map(([key, entry]) => [key, numberOf(entry)]),
  )
}
