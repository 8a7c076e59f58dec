/** Sequences that steer a terminal: OSC and other strings with their text, CSI, two-letter escapes. */
const TERMINAL_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)?|(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|\u001B[ -/]*[0-~]?/g
/** Control characters but tab and line feed, text direction, and characters that cannot be seen. */
const UNWANTED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu
const LINE_ENDS = /\r\n|[\u2028\u2029]/g
const LONE_SURROGATES = /\p{Surrogate}/gu
/** Marks on one letter beyond what any script needs; stacks of them run over other lines. */
const STACKED_MARKS = /(\p{M}{6})\p{M}+/gu
/** What is found in texts that need no care at all. */
const HARMLESS = /^[\n\t\u0020-\u007E]*$/

/**
 * A text of somebody else's (a name, a message, a file) as it may be shown: without terminal
 * sequences, control characters, changes of the text direction and invisible characters. Line ends
 * and tabs stay. What it does not do is escape for HTML.
 *
 * @param maxLength - Longer text is cut and ends in `…`. Default: no limit.
 * @example
 * ```ts
 * plainText('\u001B[31mred\u001B[0m') // 'red'
 * ```
 */
export function plainText(text: string, maxLength: number = Number.POSITIVE_INFINITY): string {
  return limit(HARMLESS.test(text) ? text : cleaned(text), maxLength)
}

/**
 * A text of somebody else's as one line: {@link plainText} with every run of blanks, tabs and line
 * ends as one blank, trimmed.
 *
 * @param maxLength - Longer text is cut and ends in `…`. Default 500.
 */
export function plainLine(text: string, maxLength = 500): string {
  return limit(plainText(text.replaceAll('\r', '\n')).replaceAll(/\s+/g, ' ').trim(), maxLength)
}

function cleaned(text: string): string {
  return text
    .replaceAll(LINE_ENDS, '\n')
    .replaceAll(TERMINAL_SEQUENCES, '')
    .replaceAll(UNWANTED, '')
    .replaceAll(LONE_SURROGATES, '\uFFFD')
    .replaceAll(STACKED_MARKS, '$1')
}

function limit(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const cut = text.slice(0, Math.max(0, maxLength - 1))
  // Half of a pair is no character.
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`
}
