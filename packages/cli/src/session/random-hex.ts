/**
 * Random hex digits for names that must differ, not be secret: `node:crypto` takes 4 ms to load,
 * which every command would pay.
 *
 * @param digits - 1 to 12.
 */
export function randomHex(digits: number): string {
  return Math.floor(Math.random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0')
}
