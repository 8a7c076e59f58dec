const STRING_OR_TOKEN = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g

/**
 * Parses JSON as other writers produce it: the bare tokens `NaN`, `Infinity` and `-Infinity`
 * read as null.
 *
 * @throws {SyntaxError} When the text is not JSON otherwise; the message names the position.
 */
export function parseTolerantJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const repaired = text.replace(STRING_OR_TOKEN, (match) =>
      match.startsWith('"') ? match : 'null',
    )
    if (repaired === text) throw error
    return JSON.parse(repaired) as unknown
  }
}
