import { SEQUENCE } from './sequences.js'

const SEQUENCES = new RegExp(SEQUENCE, 'g')
/** Controls, and what is invisible or changes the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u

/**
 * Text of others (names, hosts, sentences, errors) as one line that cannot move the cursor, change
 * colours or reorder what stands beside it. A tab or line end becomes a space.
 */
export function sanitizeText(text: string): string {
  if (!INVISIBLE.test(text)) return text
  return text
    .replace(SEQUENCES, '')
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
}
