import { createHash, timingSafeEqual } from 'node:crypto'
import { CONTROL_KEY, decodePayload, parseHello, splitBatch } from '@traceml/codec'
import type { HelloMessage } from '@traceml/contracts'

/** What a server asks of a peer before it takes rows. */
export interface AdmissionRules {
  /** Secret that a peer must present, or null. */
  readonly token: string | null
  /** With a token: also take peers that send no hello or no token. A wrong token is refused. */
  readonly allowUnauthenticated: boolean
  /** A peer that names another session is refused; null accepts any. */
  readonly sessionId: string | null
}

/** Why a peer was refused. */
export type Refusal = 'token' | 'session'

/** The hello in a payload, or null when it holds none. Cheap for a payload without controls. */
export function findHello(payload: Uint8Array): HelloMessage | null {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  if (!bytes.includes(CONTROL_KEY)) return null
  try {
    const value = decodePayload(payload)
    const single = parseHello(value)
    if (single !== null) return single
    for (const control of splitBatch(value).controls) {
      if (control._traceml_control === 'hello') return control
    }
  } catch {
    // Not decodable: the frame is skipped and counted by the caller.
  }
  return null
}

/** Null when the peer may send rows. `hello` is null for a peer that began without one. */
export function refuse(rules: AdmissionRules, hello: HelloMessage | null): Refusal | null {
  const session = hello?.session_id ?? null
  if (rules.sessionId !== null && session !== null && session !== rules.sessionId) return 'session'
  if (rules.token === null) return null
  const token = hello?.token ?? null
  if (token === null) return rules.allowUnauthenticated ? null : 'token'
  return isSameSecret(token, rules.token) ? null : 'token'
}

/** Compares digests, so that time says nothing about the secret or its length. */
export function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
