/** Where and from whom pages that train may send. */
export interface WebSocketOptions {
  /** Address to bind; default: that of the telemetry port. */
  readonly host?: string
  /** Port to bind; default 0, any free one. */
  readonly port?: number
  /** Always needed: any page of a browser on this machine could connect. */
  readonly token: string
  /** Origins that may send beside those of this machine, for example `https://example.org`. */
  readonly allowedOrigins?: readonly string[]
}

/** Where pages that train may send. */
export interface WebSocketAddress {
  readonly host: string
  readonly port: number
}
