import { InputError } from '@traceml/contracts'

/**
 * Returns a number as text with a fixed number of decimals, rounding half to even on its exact
 * binary value: 81.25 with one decimal is `81.2`, where `toFixed` says `81.3`.
 *
 * @param value - Any number; null and non-finite values give `n/a`.
 * @param decimals - Integer from 0 to 99.
 * @param options - `sign: true` writes `+` before values that are not negative.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for another number of decimals.
 */
export function formatFixed(
  value: number | null,
  decimals: number,
  options: { readonly sign?: boolean } = {},
): string {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 99) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `decimals is ${String(decimals)}; give an integer from 0 to 99.`,
    )
  }
  if (value === null || !Number.isFinite(value)) return 'n/a'
  const negative = value < 0 || Object.is(value, -0)
  const sign = negative ? '-' : options.sign === true ? '+' : ''
  return sign + fixedMagnitude(Math.abs(value), decimals)
}

function fixedMagnitude(magnitude: number, decimals: number): string {
  // Beyond 2^53 every float is whole and `toFixed` may switch to exponents.
  if (magnitude >= 2 ** 53) {
    const digits = BigInt(magnitude).toString()
    return decimals > 0 ? `${digits}.${'0'.repeat(decimals)}` : digits
  }
  const rounded = magnitude.toFixed(decimals)
  // Only odd / 2^(decimals + 1) lies exactly between two decimals, and scaling by 2 is exact.
  const isTie = (magnitude * 2 ** (decimals + 1)) % 2 === 1
  // `toFixed` went up at the tie; an odd last digit means that the even neighbour is one below.
  const lastDigit = Number(rounded.at(-1))
  return isTie && lastDigit % 2 === 1 ? rounded.slice(0, -1) + String(lastDigit - 1) : rounded
}

/**
 * Rounds to a number of decimals, half to even on the exact binary value.
 *
 * @param value - NaN and infinities come back unchanged.
 * @param decimals - Integer from 0 to 99.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for another number of decimals.
 */
export function roundHalfEven(value: number, decimals: number): number {
  const text = formatFixed(value, decimals)
  return text === 'n/a' ? value : Number(text)
}
