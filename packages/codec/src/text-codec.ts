/**
 * The two text classes that every JavaScript runtime has; declared here because this package is
 * compiled without the types of any runtime.
 */
declare const TextEncoder: new () => {
  encode(text: string): Uint8Array
}
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of `text`; unpaired surrogates become U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * Text of UTF-8 bytes.
 *
 * @throws TypeError for invalid UTF-8.
 */
export function utf8Decode(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
