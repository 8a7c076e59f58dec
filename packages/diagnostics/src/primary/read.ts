import { roundHalfEven } from '@traceml/analysis'
import type { JsonValue } from '@traceml/contracts'

/** A part of a document of unknown shape. */
export type Part = Readonly<Record<string, unknown>>

/** Returns a value as an object; an empty one when it is something else. */
export function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {}
}

/** Returns the part at a path of keys; an empty one when any of them is missing. */
export function partAt(value: unknown, ...path: readonly string[]): Part {
  return path.reduce<Part>((part, key) => partOf(part[key]), partOf(value))
}

/** Returns a value as text, or the fallback when it is no text with content. */
export function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback
}

/** Returns a number, or text that is one, as a finite number; null for everything else. */
export function numberOf(value: unknown): number | null {
  const isText = typeof value === 'string' && value.trim() !== ''
  const number = isText ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** Returns {@link numberOf} rounded half to even to 3 decimals. */
export function roundedOf(value: unknown): number | null {
  const number = numberOf(value)
  return number === null ? null : roundHalfEven(number, 3)
}

/** Returns {@link numberOf} as an integer, cut towards zero. */
export function integerOf(value: unknown): number | null {
  const number = numberOf(value)
  return number === null ? null : Math.trunc(number)
}

/** Returns a value as a scalar of JSON; null for everything else. */
export function scalarOf(value: unknown): JsonValue {
  return typeof value === 'string' || typeof value === 'boolean' ? value : numberOf(value)
}
