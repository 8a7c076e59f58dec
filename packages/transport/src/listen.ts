import type { AddressInfo, Server } from 'node:net'
import { errorMessage, TransportError } from '@traceml/contracts'

const BACKLOG = 1024

/**
 * Makes `server` listen and resolves with its port.
 *
 * @param port - 0 for any free one.
 * @throws {TransportError} TRACEML_TRANSPORT_LISTEN when the address cannot be used.
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(
        new TransportError(
          'TRACEML_TRANSPORT_LISTEN',
          `Cannot listen on ${host}:${port} (${errorMessage(cause)}); choose another port, or 0 for any free one.`,
          { cause, details: { host, port } },
        ),
      )
    }
    server.once('error', fail)
    try {
      server.listen({ host, port, backlog: BACKLOG, exclusive: true }, () => {
        server.off('error', fail)
        resolve((server.address() as AddressInfo).port)
      })
    } catch (cause) {
      fail(cause)
    }
  })
}
