const MAX_CHARACTERS = 2000
/** Strings of terminals (titles, links), up to their end or that of the line. */
const STRINGS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g
/** Sequences that move the cursor or colour text, then those of two characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const SEQUENCES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g
/** Control characters, and those that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * A captured line as it would stand on a terminal: what stands before a carriage return is written
 * over; escape sequences, control characters and characters that turn the direction of text are
 * gone; a tab is a space. At most 2,000 characters.
 */
export function terminalText(line: string): string {
  let shown: readonly string[] = []
  for (const piece of line.slice(-MAX_CHARACTERS * 8).split('\r')) {
    const clean = piece
      .replace(STRINGS, '')
      .replace(SEQUENCES, '')
      .replaceAll('\t', ' ')
      .replace(CONTROLS, '')
    const written = Array.from(clean)
    if (written.length > 0) shown = [...written, ...shown.slice(written.length)]
  }
  const text = shown.slice(0, MAX_CHARACTERS).join('')
  return shown.length > MAX_CHARACTERS ? `${text}…` : text
}
