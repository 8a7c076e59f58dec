import type { RenderTarget } from '@traceml/contracts'
import { isInForeground } from '../live-region/foreground.js'
import { watchSuspension } from '../live-region/suspension.js'
import { describeTarget, type TerminalStream } from '../render-target.js'
import { frameDiff } from './frame-diff.js'
import type { Keyboard } from './keyboard.js'

/** What gives a terminal back to whoever is there next. */
export interface TerminalRestore {
  /** To be written to it; empty when nothing is taken. */
  readonly text: string
  /** Settings for `stty`, or null when they were not changed. */
  readonly modes: string | null
}

/** Options of {@link createFullScreen}. */
export interface FullScreenOptions {
  /** Null: the view has no keys. */
  readonly keyboard: Keyboard | null
  /** Told how to give the terminal back whenever that changes, for somebody who outlives us. */
  readonly onTake: (restore: TerminalRestore) => void
  /** The terminal was resized or is ours again: draw. */
  readonly onChange: () => void
  /** Default: this process is in the foreground of its terminal. */
  readonly isForeground?: () => boolean
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** The whole terminal, on a screen of its own: what was there before comes back at the end. */
export interface FullScreen {
  target(): RenderTarget
  /** Whether the screen may be drawn on: in the foreground, and not closed. */
  isOurs(): boolean
  /** Whether the last drawing is on the screen: not in the background, not after the end. */
  isShown(): boolean
  /** Shows these lines; takes the screen if it is not taken and may be. */
  draw(lines: readonly string[]): void
  /** Gives everything back. Idempotent. */
  close(): void
}

const ESC = '\u001B'
/** Own screen, no cursor, no wrapping at the right edge. */
const ENTER = `${ESC}[?1049h${ESC}[?25l${ESC}[?7l${ESC}[2J`
const LEAVE = `${ESC}[0m${ESC}[?7h${ESC}[?25h${ESC}[?1049l`

/** Takes the terminal of a stream at the first drawing. */
export function createFullScreen(stream: TerminalStream, options: FullScreenOptions): FullScreen {
  const environment = options.environment ?? process.env
  const isForeground = options.isForeground ?? isInForeground
  const { keyboard, onTake, onChange } = options
  let isTaken = false
  let isClosed = false
  let shown: readonly string[] | null = null

  const take = (): string => {
    isTaken = true
    shown = null
    onTake({ text: LEAVE, modes: keyboard?.foundModes ?? null })
    keyboard?.take()
    return ENTER
  }
  const letGo = (): void => {
    if (!isTaken) return
    isTaken = false
    keyboard?.release()
    stream.write(LEAVE)
    onTake({ text: '', modes: null })
  }
  const resize = (): void => {
    shown = null
    onChange()
  }
  const suspension = watchSuspension({
    onSuspend: letGo,
    onResume: () => {
      letGo()
      onChange()
    },
  })
  const close = (): void => {
    if (isClosed) return
    isClosed = true
    stream.off?.('resize', resize)
    process.off('exit', close)
    suspension.dispose()
    letGo()
  }
  stream.on?.('resize', resize)
  process.on('exit', close)
  return {
    target: () => describeTarget(stream, environment),
    isOurs: () => !isClosed && isForeground(),
    isShown: () => isTaken,
    draw(lines) {
      if (isClosed) return
      const start = isTaken ? '' : take()
      const text = start + frameDiff(shown, lines, describeTarget(stream, environment).columns)
      shown = lines
      if (text !== '') stream.write(text)
    },
    close,
  }
}
