import { ConfigError } from '@traceml/contracts'

/** True for a host name or address that only this machine can reach. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host)
}

/**
 * Refuses a bind that strangers could write to.
 *
 * @throws {TraceMLError} TRACEML_CONFIG_INVALID for a host other than loopback without a token and
 * without the explicit permission.
 */
export function assertSafeBind(
  host: string,
  token: string | null,
  allowUnauthenticated: boolean,
): void {
  if (token === '') {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      'The telemetry token is the empty text ""; give a secret or leave the option out.',
    )
  }
  if (isLoopbackHost(host) || token !== null || allowUnauthenticated) return
  throw new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `The telemetry server would accept rows from any machine on ${host}; set a token, or allow unauthenticated clients explicitly.`,
    { details: { host } },
  )
}
