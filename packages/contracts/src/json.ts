/** A value that survives JSON: what rows, payloads and error details are made of. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** An object whose values survive JSON. */
export type JsonObject = { readonly [key: string]: JsonValue }
