/** What one connection tells its client. @internal */
export interface ClientConnectionEvents {
  /** The connection is open and the hello is on its way. */
  onOpen(): void
  /** So many more frames (the hello not counted) have arrived, by ack or, without acks, written. */
  onConfirm(frames: number): void
  /** The peer has proved that it speaks the protocol, or lived long enough without acks. */
  onHealthy(): void
  onDrain(): void
  /** @param refused - The server wants nothing of this client; to try again would change nothing. */
  onClose(reason: string, refused?: boolean): void
}

/** One attempt to talk to the server. @internal */
export interface ClientConnection {
  /** False when the caller should wait for `onDrain`. */
  write(bytes: Uint8Array, frames: number): boolean
  ref(): void
  unref(): void
  end(): void
}
