/**
 * Random bytes as hexadecimal digits, two a byte. From the global, which loads on first use:
 * importing the crypto module would cost every training 6 ms.
 */
export function randomHex(byteCount: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(byteCount))).toString('hex')
}
