import type { OutputChannel } from './output-channel.js'

type Write = NodeJS.WriteStream['write']

/**
 * Copies what the training prints into the channel; the terminal gets it as before, first. Returns
 * the function that ends it. Only writes through `process.stdout` and `process.stderr` are seen.
 */
export function captureOutput(channel: OutputChannel): () => void {
  const restore = [process.stdout, process.stderr].map((stream, index) =>
    wrapWrite(stream, (bytes) => channel.push(index + 1, bytes)),
  )
  return () => {
    for (const undo of restore) undo()
  }
}

function wrapWrite(stream: NodeJS.WriteStream, copy: (bytes: Uint8Array) => void): () => void {
  const original = stream.write
  const wrapped = function (this: NodeJS.WriteStream, ...parameters: unknown[]): boolean {
    const result = Reflect.apply(original, this, parameters) as boolean
    try {
      copy(toBytes(parameters[0], parameters[1]))
    } catch {
      // A copy that fails must not become an error of the program that prints.
    }
    return result
  } as Write
  stream.write = wrapped
  return () => {
    // Somebody wrapped it after us: leave their function in place.
    if (stream.write === wrapped) stream.write = original
  }
}

function toBytes(chunk: unknown, encoding: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  return Buffer.from(String(chunk), typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8')
}
