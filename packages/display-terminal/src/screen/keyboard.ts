import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { type Key, parseKeys } from './keys.js'

/** The keys of the terminal, one by one and without being printed, while they are taken. */
export interface Keyboard {
  /** Settings of the terminal as they were found, for `stty`. */
  readonly foundModes: string
  take(): void
  /** Gives the terminal its settings back; what is typed then goes to whoever reads. Idempotent. */
  release(): void
}

/**
 * The keyboard of this process's terminal, or null where there is none that can be set up.
 *
 * Only line editing and echo are switched off: Ctrl-C, Ctrl-Z and Ctrl-\ still send their signals
 * to the whole foreground group, the training included. Node's raw mode would swallow them.
 */
export function openKeyboard(onKey: (key: Key) => void): Keyboard | null {
  const input = terminalInput()
  if (input === null) return null
  const foundModes = stty(input.fd, ['-g'])?.trim()
  if (foundModes === undefined || foundModes === '') return null
  const listener = (chunk: Buffer): void => {
    for (const key of parseKeys(chunk.toString('utf8'))) onKey(key)
  }
  let isTaken = false
  return {
    foundModes,
    take() {
      if (isTaken) return
      isTaken = true
      stty(input.fd, ['-icanon', '-echo', 'min', '1', 'time', '0'])
      input.stream.on('data', listener)
      input.stream.resume()
    },
    release() {
      if (!isTaken) return
      isTaken = false
      input.stream.off('data', listener)
      input.stream.pause()
      stty(input.fd, [foundModes])
    },
  }
}

interface TerminalInput {
  readonly stream: ReadStream
  readonly fd: number
}

function terminalInput(): TerminalInput | null {
  if (process.platform === 'win32') return null
  try {
    if (process.stdin.isTTY === true) {
      // A terminal that goes away is no error of ours.
      process.stdin.on('error', () => {})
      return { stream: process.stdin, fd: 0 }
    }
    // Standard input is a pipe or a file: it belongs to the training.
    const fd = openSync('/dev/tty', 'r')
    const stream = new ReadStream(fd)
    stream.on('error', () => {})
    stream.unref()
    return { stream, fd }
  } catch {
    return null
  }
}

/** What `stty` prints, or null when it fails. */
function stty(fd: number, args: readonly string[]): string | null {
  const result = spawnSync('stty', args, { stdio: [fd, 'pipe', 'ignore'], timeout: 2_000 })
  return result.status === 0 ? result.stdout.toString('latin1') : null
}
