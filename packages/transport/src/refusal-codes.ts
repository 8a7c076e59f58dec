/** Codes with which a server closes a WebSocket that it wants nothing of. */
export const REFUSAL_CODES = {
  /** The token is missing or wrong. */
  token: 4401,
  /** Another page has this session already. */
  taken: 4409,
} as const

/** True for a code after which trying again would change nothing. */
export function isRefusal(code: number): boolean {
  return code === REFUSAL_CODES.token || code === REFUSAL_CODES.taken
}
