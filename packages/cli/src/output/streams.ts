/**
 * A reader of our output that goes away (a closed pipe, a closed terminal) must not end the command:
 * the training, its exit code and its report do not depend on anybody looking.
 */
export function surviveLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/**
 * Writes to a stream and waits until the text is on its way. A stream that is gone (closed pipe,
 * closed terminal) is no reason to fail.
 */
export function writeStream(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
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
