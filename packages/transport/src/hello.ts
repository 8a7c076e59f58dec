import { type HelloMessage, PROTOCOL_VERSION, type RuntimeIdentity } from '@traceml/contracts'

/** The first message of a client that wants its frames acknowledged. @internal */
export function clientHello(options: {
  readonly sessionId?: string | null
  readonly token?: string | null
  readonly identity: Pick<RuntimeIdentity, 'globalRank'>
}): HelloMessage {
  return {
    _traceml_control: 'hello',
    protocol: PROTOCOL_VERSION,
    session_id: options.sessionId ?? null,
    token: options.token ?? null,
    acks: true,
    global_rank: options.identity.globalRank,
  }
}
