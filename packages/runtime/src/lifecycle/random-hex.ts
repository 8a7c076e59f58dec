/**
 * Random bytes as hexadecimal digits, two a byte. From the global, which loads on first use:
 * importing the crypto module would cost every training 6 ms.
 */
export function randomHex(byteCount: number): string {
  const bytes = [...crypto.getRandomValues(new Uint8Array(byteCount))]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
