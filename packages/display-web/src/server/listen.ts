import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TransportError } from '@traceml/contracts'

/** Ports that are tried after a taken one. */
const PORTS_TRIED = 50

/**
 * Opens an HTTP server on the first free port from `port` on; on any free one for 0, or when all of
 * those are taken.
 *
 * @throws {TransportError} TRACEML_TRANSPORT_LISTEN when the address cannot be used.
 */
export async function listenOnFreePort(
  handle: RequestListener,
  address: { readonly host: string; readonly port: number },
): Promise<{ readonly server: Server; readonly port: number }> {
  const candidates =
    address.port === 0
      ? [0]
      : Array.from({ length: PORTS_TRIED }, (_, index) => address.port + index).filter(
          (port) => port <= 65_535,
        )
  for (const port of [...candidates, 0]) {
    try {
      const server = await listen(handle, address.host, port)
      return { server, port: (server.address() as AddressInfo).port }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EADDRINUSE' || code === 'EACCES') continue
      throw cannotListen(address, error)
    }
  }
  throw cannotListen(address, new Error('no port of this address is free'))
}

function listen(handle: RequestListener, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(handle)
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

function cannotListen(
  { host, port }: { readonly host: string; readonly port: number },
  cause: unknown,
): TransportError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TransportError(
    'TRACEML_TRANSPORT_LISTEN',
    `The dashboard cannot listen on ${host}:${port} (${reason}); name an address of this machine or another port.`,
    { cause },
  )
}
