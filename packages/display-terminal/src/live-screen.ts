import type { LivePayload } from '@traceml/contracts'
import type { OutputLine } from './output/output-lines.js'
import type { TerminalStream } from './render-target.js'
import { createFullScreen, type TerminalRestore } from './screen/full-screen.js'
import { openKeyboard } from './screen/keyboard.js'
import type { Key } from './screen/keys.js'
import { pagesOf } from './view/arrangement.js'
import { type Choices, chooseByKey, NO_CHOICES, settleTyping } from './view/choices.js'
import { drawFrame } from './view/frame.js'
import type { LiveView } from './view/live-view.js'
import type { Panel } from './view/panel.js'
import { helpPanel } from './view/panels/help.js'
import { outputPanel } from './view/panels/output.js'
import { type AnyPanel, terminalPanels } from './view/terminal-panels.js'
import { drawWaiting } from './view/waiting.js'

/** Where the view gets what the training prints. */
export interface OutputView {
  /** Reads what is new; returns a number that grows with every change. Called a few times a second. */
  poll(): number
  /** Oldest first, of all ranks for null; null where nothing is known of that rank's output. */
  lines(rank: number | null): readonly OutputLine[] | null
}

/** Options of {@link createLiveScreen}. */
export interface LiveScreenOptions {
  /** Null: the lines that the payload has. */
  readonly output: OutputView | null
  /** Panels beside the built-in ones; see {@link terminalPanels} for those of other surfaces. */
  readonly panels: readonly AnyPanel[]
  /** Told how to give the terminal back whenever that changes, for somebody who outlives us. */
  readonly onTake: (restore: TerminalRestore) => void
  /** The person has left the view, or it failed; it is closed already. */
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

/** How long a sentence stays in view. */
const NOTICE_MS = 15_000

interface Notice {
  readonly text: string
  readonly untilMs: number
}

/** How often the view looks whether there is something to draw. */
const LOOK_MS = 200
/** Payloads come every second or two; after this time without one the reader is told. */
const SILENT_MS = 8_000

/**
 * Opens the full-screen view on a terminal; null where its keys cannot be read, so that it could
 * not be left. Nothing that goes wrong in it throws: the view then ends with `onEnd`.
 */
export function createLiveScreen(
  stream: TerminalStream,
  options: LiveScreenOptions,
): LiveScreen | null {
  const nowMs = options.nowMs ?? (() => performance.now())
  const panels = terminalPanels(options.panels)
  const errors = new Map<string, string>()
  let choices: Choices = NO_CHOICES
  let newest: LivePayload | null = null
  let newestAtMs = nowMs()
  /** What is drawn while paused. */
  let frozen: { readonly payload: LivePayload | null; readonly sinceMs: number } | null = null
  /** Output that stands still, by rank, as it was when it was first looked at. */
  const held = new Map<number | null, readonly OutputLine[]>()
  const notices: Notice[] = []
  const kept = new Map<string, readonly string[]>()
  let drawnKey = ''
  let isStopped = false

  const currentLines = (): readonly OutputLine[] =>
    options.output?.lines(choices.selectedRank) ??
    (newest?.logs.lines ?? []).filter(
      ({ rank }) => choices.selectedRank === null || rank === choices.selectedRank,
    )
  const outputLines = (): readonly OutputLine[] => {
    if (!choices.isPaused && choices.scrolledBack === 0) {
      held.clear()
      return currentLines()
    }
    const lines = held.get(choices.selectedRank) ?? currentLines().map(({ text }) => ({ text }))
    held.set(choices.selectedRank, lines)
    return lines
  }
  const viewOf = (payload: LivePayload): LiveView => ({
    ...payload,
    terminal: {
      selectedRank: choices.selectedRank,
      output: { lines: outputLines(), scrolledBack: choices.scrolledBack },
    },
  })
  const draw = (): void => {
    if (!screen.isOurs()) return
    const now = nowMs()
    choices = settleTyping(choices, now)
    const payload = frozen === null ? newest : frozen.payload
    const target = screen.target()
    const silentMs = now - newestAtMs
    const footer = {
      pausedSeconds: frozen === null ? null : Math.floor((now - frozen.sinceMs) / 1000),
      silentSeconds: silentMs < SILENT_MS ? null : Math.floor(silentMs / 1000),
      selectedRank: choices.selectedRank,
      typedRank: choices.typed,
      hasSeveralRanks: (payload?.ranks.length ?? 0) > 1,
    }
    const texts = notices.filter(({ untilMs }) => now < untilMs).map(({ text }) => text)
    const version = options.output?.poll() ?? 0
    const key = JSON.stringify([payload?.seq ?? 0, version, choices, footer, target, texts])
    if (screen.isShown() && key === drawnKey) return
    drawnKey = key
    if (payload === null) {
      screen.draw(drawWaiting({ ...footer, page: null }, target))
      return
    }
    const view = viewOf(payload)
    const page = pageOf(view)
    const frame = drawFrame(
      {
        view,
        panels,
        page,
        footer: { ...footer, page: page?.title ?? page?.id ?? null },
        notices: texts,
        kept,
      },
      target,
    )
    for (const [id, error] of frame.errors) errors.set(id, error)
    screen.draw(frame.lines)
  }
  const pageOf = (view: LiveView): Panel | null => {
    if (choices.page === null) return null
    if (choices.page === helpPanel.id) return helpPanel
    return pagesOf(view, panels, outputPanel).find(({ id }) => id === choices.page) ?? null
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
  const press = (key: Key): void => {
    const payload = frozen === null ? newest : frozen.payload
    const view = payload === null ? null : viewOf(payload)
    const before = choices
    choices = chooseByKey(choices, key, {
      ranks: view?.ranks.map((rank) => rank.global_rank) ?? [],
      notableRank: view?.verdict.ranks[0] ?? null,
      pages: view === null ? [] : pagesOf(view, panels, outputPanel).map(({ id }) => id),
      pageLines: Math.max(1, screen.target().rows >> 1),
      outputLines: outputLines().length,
      nowMs: nowMs(),
    })
    if (choices.hasLeft) {
      end(null)
      return
    }
    if (choices.isPaused !== before.isPaused) {
      frozen = choices.isPaused ? { payload: newest, sinceMs: nowMs() } : null
    }
    draw()
  }
  const keyboard = openKeyboard((key) => guarded(() => press(key)))
  if (keyboard === null) return null
  const screen = createFullScreen(stream, {
    ...options,
    keyboard,
    onChange: () => guarded(draw),
  })
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
    update(payload) {
      newest = payload
      newestAtMs = nowMs()
    },
    notify(text) {
      notices.push({ text, untilMs: nowMs() + NOTICE_MS })
      guarded(draw)
    },
    isShown: () => screen.isShown(),
    stop,
    panelErrors: () => errors,
  }
}
