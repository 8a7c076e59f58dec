import type { LivePayload } from '@traceml/contracts'
import type { TerminalStream } from './render-target.js'
import { createFullScreen, type TerminalRestore } from './screen/full-screen.js'
import { openKeyboard } from './screen/keyboard.js'
import { type AnyPanel, terminalPanels } from './view/terminal-panels.js'
import { type OutputView, ViewSession } from './view/view-session.js'

/** Options of {@link createLiveScreen}. */
export interface LiveScreenOptions {
  /** Null: the lines that the payload has. */
  readonly output: OutputView | null
  /** Panels beside the built-in ones; see {@link terminalPanels} for those of other surfaces. */
  readonly panels: readonly AnyPanel[]
  /** Told how to give the terminal back whenever that changes, for somebody who outlives us. */
  readonly onTake: (restore: TerminalRestore) => void
  /** The person has left the view (null), or it failed; it is closed already. */
  readonly onEnd: (error: unknown) => void
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Default: this process is in the foreground of its terminal. */
  readonly isForeground?: () => boolean
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** The full-screen view of a run. */
export interface LiveScreen {
  /** Shows a payload with the next drawing. */
  update(payload: LivePayload): void
  /** Shows a sentence above the keys for a while. */
  notify(text: string): void
  /** Whether the view is on the screen right now. */
  isShown(): boolean
  /** Gives the terminal back. Idempotent. */
  stop(): void
  /** What panels threw, by panel id. */
  panelErrors(): ReadonlyMap<string, string>
}

/** How often the view looks whether there is something to draw. */
const LOOK_MS = 200

/**
 * Opens the full-screen view on a terminal; null where its keys cannot be read, so that it could
 * not be left. Nothing that goes wrong in it throws: the view then ends with `onEnd`.
 */
export function createLiveScreen(
  stream: TerminalStream,
  options: LiveScreenOptions,
): LiveScreen | null {
  const nowMs = options.nowMs ?? (() => performance.now())
  const session = new ViewSession(options.output, terminalPanels(options.panels), nowMs())
  let drawn = ''
  let isStopped = false

  const draw = (): void => {
    if (!screen.isOurs()) return
    const target = screen.target()
    const fingerprint = session.fingerprint(target, nowMs())
    if (screen.isShown() && fingerprint === drawn) return
    drawn = fingerprint
    screen.draw(session.draw(target, nowMs()))
  }
  const end = (error: unknown): void => {
    stop()
    options.onEnd(error)
  }
  const guarded = (work: () => void): void => {
    if (isStopped) return
    try {
      work()
    } catch (error) {
      end(error)
    }
  }
  const keyboard = openKeyboard((key) =>
    guarded(() => {
      if (session.press(key, screen.target(), nowMs())) end(null)
      else draw()
    }),
  )
  if (keyboard === null) return null
  const screen = createFullScreen(stream, { ...options, keyboard, onChange: () => guarded(draw) })
  const timer = setInterval(() => guarded(draw), LOOK_MS)
  timer.unref()
  const stop = (): void => {
    if (isStopped) return
    isStopped = true
    clearInterval(timer)
    screen.close()
  }
  guarded(draw)
  return {
    update: (payload) => session.update(payload, nowMs()),
    notify(text) {
      session.notify(text, nowMs())
      guarded(draw)
    },
    isShown: () => screen.isShown(),
    stop,
    panelErrors: () => session.errors,
  }
}
