/**
 * Writes to a stream and waits until the text is on its way. A stream that is gone (closed pipe,
 * closed terminal) is no reason to fail.
 */
export function writeStream(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    try {
      stream.write(text, () => resolve())
    } catch {
      resolve()
    }
  })
}

/** Writes to stderr: everything that is meant for the reader and not for a program. */
export function writeStderr(text: string): Promise<void> {
  return writeStream(process.stderr, text)
}

/** Writes to stdout: the result that was asked for. */
export function writeStdout(text: string): Promise<void> {
  return writeStream(process.stdout, text)
}
