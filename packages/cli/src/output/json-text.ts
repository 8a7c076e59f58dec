/** Characters that JSON allows as they are and that a terminal would obey or not show. */
const STEERING = /[\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g

/**
 * A value as JSON text that is also safe to look at: control characters are escaped, which changes
 * nothing for a program.
 *
 * @param indent - Blanks of indentation; 0 gives one line.
 */
export function jsonText(value: unknown, indent: 0 | 2): string {
  return JSON.stringify(value, null, indent).replaceAll(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
