/** Strings, which stay, or the bare words that strict JSON refuses. */
const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g

/**
 * Parses JSON text in which `NaN` and the infinities may stand for numbers; they read as null.
 *
 * @returns `undefined` when the text is not JSON.
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (!text.includes('NaN') && !text.includes('Infinity')) return undefined
  }
  try {
    return JSON.parse(text.replace(STRING_OR_WORD, (part) => (part[0] === '"' ? part : 'null')))
  } catch {
    return undefined
  }
}
