import { ConfigError, parseLayerBudget } from '@traceml/contracts'

/** Where a value came from, for messages: `--interval`, `TRACEML_INTERVAL`. */
export interface RawValue {
  readonly source: string
  readonly text: string
}

const MAX_SECONDS = 86_400

/** A number of seconds above 0, a day at most. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function parseSeconds({ source, text }: RawValue): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value > 0 && value <= MAX_SECONDS)) {
    throw invalid(source, text, `a number of seconds above 0 and at most ${MAX_SECONDS}`)
  }
  return value
}

/** A whole number within bounds. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function parseInteger(
  { source, text }: RawValue,
  bounds: { readonly min: number; readonly max?: number },
): number {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  const max = bounds.max ?? Number.MAX_SAFE_INTEGER
  if (!Number.isSafeInteger(value) || value < bounds.min || value > max) {
    const range =
      bounds.max === undefined ? `of at least ${bounds.min}` : `from ${bounds.min} to ${bounds.max}`
    throw invalid(source, text, `a whole number ${range}`)
  }
  return value
}

/** A part of step time, 0 to 1. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function parseBudget({ source, text }: RawValue): number {
  const value = parseLayerBudget(text)
  if (value === null) {
    throw invalid(source, text, 'a part of step time above 0 and at most all of it, as 5% or 0.05')
  }
  return value
}

/** One of some words. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function parseChoice<Choice extends string>(
  { source, text }: RawValue,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === text)
  if (found === undefined) throw invalid(source, text, `one of ${choices.join(', ')}`)
  return found
}

/** `1`, `true`, `yes` or `0`, `false`, `no`. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function parseSwitch({ source, text }: RawValue): boolean {
  const word = text.trim().toLowerCase()
  if (['1', 'true', 'yes'].includes(word)) return true
  if (['0', 'false', 'no'].includes(word)) return false
  throw invalid(source, text, '1 or 0')
}

/** A text that is not empty. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function parseText({ source, text }: RawValue): string {
  if (text.trim() === '') throw invalid(source, text, 'a value')
  return text
}

function invalid(source: string, text: string, expected: string): ConfigError {
  return new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `${source} is "${text}", which cannot be used; give it ${expected}.`,
    { details: { source, value: text } },
  )
}
