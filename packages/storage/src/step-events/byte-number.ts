const ZERO = 48
const NINE = 57
const MINUS = 45
const DOT = 46
const LOWER_E = 101
const UPPER_E = 69
/** Powers of ten that a double holds exactly. */
const POWERS: readonly number[] = /* @__PURE__ */ Array.from({ length: 23 }, (_, n) => 10 ** n)
/** Digits beyond the first fifteen, as a scale: more are left to the full parse. */
const MAX_LOW_SCALE = 10_000_000
/** Splits a double into two halves whose products are exact. */
const SPLITTER = 134_217_729

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Where a scan of bytes is. */
export interface ByteScan {
  at: number
}

/**
 * Reads a JSON number out of UTF-8 text; moves `scan.at` behind it. NaN, with the position
 * undefined, when there is none.
 *
 * Rounds as a full parse does: digits that a double cannot hold are kept as a sum of two.
 */
export function readByteNumber(bytes: Uint8Array, scan: ByteScan): number {
  const start = scan.at
  let at = start
  let code = bytes[at] as number
  const negative = code === MINUS
  if (negative) code = bytes[++at] as number
  if (!(code >= ZERO && code <= NINE)) return Number.NaN
  let high = 0
  let low = 0
  let lowScale = 1
  let pointAt = -1
  for (;;) {
    if (code >= ZERO && code <= NINE) {
      if (high < 1e14) high = high * 10 + (code - ZERO)
      else {
        low = low * 10 + (code - ZERO)
        lowScale *= 10
      }
    } else if (code === DOT && pointAt < 0) pointAt = at
    else break
    code = bytes[++at] as number
  }
  const decimals = pointAt < 0 ? 0 : at - pointAt - 1
  const first = negative ? start + 1 : start
  const isPadded = bytes[first] === ZERO && at > first + 1 && pointAt !== first + 1
  if (isPadded || (pointAt >= 0 && decimals === 0)) return Number.NaN
  if (code === LOWER_E || code === UPPER_E || lowScale > MAX_LOW_SCALE || decimals > 22) {
    return parseFully(bytes, scan, start)
  }
  scan.at = at
  if (lowScale === 1 || lowScale === 10) {
    const digits = high * lowScale + low
    if (digits <= Number.MAX_SAFE_INTEGER) {
      const value = decimals === 0 ? digits : digits / (POWERS[decimals] as number)
      return negative ? -value : value
    }
  }
  const value = quotient(high, lowScale, low, POWERS[decimals] as number)
  return negative ? -value : value
}

/** `(high × scale + low) / power`, rounded once. All are whole; `low` is below `scale`. */
function quotient(high: number, scale: number, low: number, power: number): number {
  const product = high * scale
  const sum = product + low
  const rest = errorOf(high, scale, product) + (low - (sum - product))
  const first = sum / power
  const back = first * power
  return first + (sum - back - errorOf(first, power, back) + rest) / power
}

/** What a product lost when it was rounded. */
function errorOf(a: number, b: number, product: number): number {
  const aSplit = a * SPLITTER
  const aHigh = aSplit - (aSplit - a)
  const aLow = a - aHigh
  const bSplit = b * SPLITTER
  const bHigh = bSplit - (bSplit - b)
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

/** Any JSON number by the engine's own parse: exponents, and more digits than a sum of two holds. */
function parseFully(bytes: Uint8Array, scan: ByteScan, start: number): number {
  let at = start
  let text = ''
  for (let code = bytes[at]; code !== undefined && isOfNumber(code); code = bytes[++at]) {
    text += String.fromCharCode(code)
  }
  scan.at = at
  return JSON_NUMBER.test(text) ? Number(text) : Number.NaN
}

function isOfNumber(code: number): boolean {
  return (
    (code >= ZERO && code <= NINE) ||
    code === DOT ||
    code === MINUS ||
    code === 43 ||
    code === LOWER_E ||
    code === UPPER_E
  )
}
