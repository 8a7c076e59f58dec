const ZERO = 48
const NINE = 57
const MINUS = 45
const DOT = 46
const LOWER_E = 101
const UPPER_E = 69
/** Powers of ten that a double holds exactly. */
const POWERS: readonly number[] = /* @__PURE__ */ Array.from({ length: 23 }, (_, n) => 10 ** n)
const EXACT = Number.MAX_SAFE_INTEGER

/** Where a scan is in a text. */
export interface TextScan {
  text: string
  at: number
}

/**
 * Reads a JSON number; returns NaN, the position undefined, when there is none.
 *
 * Up to 2^53 of digits and 22 decimals are one division, which rounds as a full parse does; only
 * the rest pays for one.
 */
export function scanNumber(scan: TextScan): number {
  const { text } = scan
  const start = scan.at
  let at = start
  let code = text.charCodeAt(at)
  const negative = code === MINUS
  if (negative) code = text.charCodeAt(++at)
  if (!(code >= ZERO && code <= NINE)) return Number.NaN
  let digits = 0
  if (code === ZERO) code = text.charCodeAt(++at)
  else {
    while (code >= ZERO && code <= NINE) {
      digits = digits * 10 + (code - ZERO)
      code = text.charCodeAt(++at)
    }
  }
  let decimals = 0
  if (code === DOT) {
    code = text.charCodeAt(++at)
    const first = at
    while (code >= ZERO && code <= NINE) {
      digits = digits * 10 + (code - ZERO)
      code = text.charCodeAt(++at)
    }
    decimals = at - first
    if (decimals === 0) return Number.NaN
  }
  const exponent = code === LOWER_E || code === UPPER_E
  if (exponent) {
    at = scanExponent(text, at)
    if (at < 0) return Number.NaN
  }
  scan.at = at
  if (exponent || digits > EXACT || decimals > 22) return Number(text.slice(start, at))
  const value = decimals === 0 ? digits : digits / (POWERS[decimals] as number)
  return negative ? -value : value
}

/** The end of `e+12` and the like at a position, -1 when it has no digits. */
function scanExponent(text: string, start: number): number {
  let at = start + 1
  let code = text.charCodeAt(at)
  if (code === MINUS || code === 43) code = text.charCodeAt(++at)
  const first = at
  while (code >= ZERO && code <= NINE) code = text.charCodeAt(++at)
  return at === first ? -1 : at
}
