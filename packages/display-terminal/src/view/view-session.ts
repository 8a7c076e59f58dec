import type { LivePayload, RenderTarget } from '@traceml/contracts'
import type { OutputLine } from '../output/output-lines.js'
import type { Key } from '../screen/keys.js'
import { pagesOf } from './arrangement.js'
import { type Choices, chooseByKey, NO_CHOICES, settleTyping } from './choices.js'
import type { FooterState } from './footer.js'
import { drawFrame } from './frame.js'
import type { LiveView } from './live-view.js'
import type { Panel } from './panel.js'
import { helpPanel } from './panels/help.js'
import { outputPanel } from './panels/output.js'
import { drawWaiting } from './waiting.js'

/** Where the view gets what the training prints. */
export interface OutputView {
  /** Reads what is new; returns a number that grows with every change. Called a few times a second. */
  poll(): number
  /** Oldest first, of all ranks for null; null where nothing is known of that rank's output. */
  lines(rank: number | null): readonly OutputLine[] | null
}

/** How long a sentence stays in view. */
const NOTICE_MS = 15_000
/** Payloads come every second or two; after this time without one the reader is told. */
const SILENT_MS = 8_000

/**
 * What the full-screen view shows at any moment: payload, output, and what was chosen by keys. It
 * has no terminal, timer or clock; times are monotonic milliseconds.
 */
export class ViewSession {
  readonly #output: OutputView | null
  readonly #panels: readonly Panel[]
  readonly #errors = new Map<string, string>()
  /** Output that stands still, by rank, as it was when it was first looked at. */
  readonly #held = new Map<number | null, readonly OutputLine[]>()
  readonly #kept = new Map<string, readonly string[]>()
  #notices: readonly { readonly text: string; readonly untilMs: number }[] = []
  #choices: Choices = NO_CHOICES
  #newest: LivePayload | null = null
  #newestAtMs: number
  /** What is drawn while paused. */
  #frozen: { readonly payload: LivePayload | null; readonly sinceMs: number } | null = null

  constructor(output: OutputView | null, panels: readonly Panel[], nowMs: number) {
    this.#output = output
    this.#panels = panels
    this.#newestAtMs = nowMs
  }

  update(payload: LivePayload, nowMs: number): void {
    this.#newest = payload
    this.#newestAtMs = nowMs
  }

  /** Shows a sentence for a while. */
  notify(text: string, nowMs: number): void {
    this.#notices = [...this.#notices, { text, untilMs: nowMs + NOTICE_MS }]
  }

  /** What panels threw so far, by their id. */
  get errors(): ReadonlyMap<string, string> {
    return this.#errors
  }

  /** Obeys a key; returns true when the view is to be left. */
  press(key: Key, { rows }: RenderTarget, nowMs: number): boolean {
    const payload = this.#payload()
    const view = payload === null ? null : this.#view(payload)
    const wasPaused = this.#choices.isPaused
    this.#choices = chooseByKey(this.#choices, key, {
      ranks: view?.ranks.map((rank) => rank.global_rank) ?? [],
      notableRank: view === null ? null : notableRank(view),
      pages: view === null ? [] : this.#pages(view).map(({ id }) => id),
      pageLines: Math.max(1, rows >> 1),
      outputLines: this.#lines().length,
      nowMs,
    })
    const { isPaused } = this.#choices
    if (isPaused !== wasPaused) {
      this.#frozen = isPaused ? { payload: this.#newest, sinceMs: nowMs } : null
    }
    // What stands still from now on is what is there now.
    this.#lines()
    return this.#choices.hasLeft
  }

  /** A text that changes with everything that is shown: drawing again is worth while only then. */
  fingerprint(target: RenderTarget, nowMs: number): string {
    this.#choices = settleTyping(this.#choices, nowMs)
    this.#notices = this.#notices.filter(({ untilMs }) => nowMs < untilMs)
    const parts = [this.#payload()?.seq ?? 0, this.#output?.poll() ?? 0, this.#choices]
    return JSON.stringify([...parts, this.#footer(null, nowMs), this.#notices, target])
  }

  /** The whole screen. */
  draw(target: RenderTarget, nowMs: number): readonly string[] {
    const payload = this.#payload()
    if (payload === null) return drawWaiting(this.#footer(null, nowMs), target)
    const view = this.#view(payload)
    const page = this.#page(view)
    const { lines, errors } = drawFrame(
      {
        view,
        panels: this.#panels,
        page,
        footer: this.#footer(page?.title ?? page?.id ?? null, nowMs),
        notices: this.#notices.map(({ text }) => text),
        kept: this.#kept,
      },
      target,
    )
    for (const [id, error] of errors) this.#errors.set(id, error)
    return lines
  }

  #payload(): LivePayload | null {
    return this.#frozen === null ? this.#newest : this.#frozen.payload
  }

  #view(payload: LivePayload): LiveView {
    const { selectedRank, scrolledBack } = this.#choices
    return {
      ...payload,
      terminal: { selectedRank, output: { lines: this.#lines(), scrolledBack } },
    }
  }

  #lines(): readonly OutputLine[] {
    const { isPaused, scrolledBack, selectedRank } = this.#choices
    if (!isPaused && scrolledBack === 0) {
      this.#held.clear()
      return this.#currentLines()
    }
    const lines = this.#held.get(selectedRank) ?? this.#currentLines().map(({ text }) => ({ text }))
    this.#held.set(selectedRank, lines)
    return lines
  }

  #currentLines(): readonly OutputLine[] {
    const { selectedRank } = this.#choices
    const own = this.#output?.lines(selectedRank) ?? null
    if (own !== null) return own
    const lines = this.#newest?.logs.lines ?? []
    return selectedRank === null ? lines : lines.filter(({ rank }) => rank === selectedRank)
  }

  #pages(view: LiveView): readonly Panel[] {
    return pagesOf(view, this.#panels, outputPanel)
  }

  #page(view: LiveView): Panel | null {
    const { page } = this.#choices
    if (page === null) return null
    if (page === helpPanel.id) return helpPanel
    return this.#pages(view).find(({ id }) => id === page) ?? null
  }

  #footer(page: string | null, nowMs: number): FooterState {
    const silentMs = nowMs - this.#newestAtMs
    const seconds = (ms: number): number => Math.floor(ms / 1000)
    return {
      pausedSeconds: this.#frozen === null ? null : seconds(nowMs - this.#frozen.sinceMs),
      silentSeconds: silentMs < SILENT_MS ? null : seconds(silentMs),
      selectedRank: this.#choices.selectedRank,
      typedRank: this.#choices.typed,
      page,
      hasSeveralRanks: (this.#payload()?.ranks.length ?? 0) > 1,
    }
  }
}

/** The rank that is worth being looked at first: one that is gone, else a culprit; null for none. */
function notableRank({ ranks }: LiveView): number | null {
  const isGone = ({ freshness: { state } }: LiveView['ranks'][number]): boolean =>
    state === 'stalled' || state === 'lost_source'
  return (ranks.find(isGone) ?? ranks.find((rank) => rank.is_culprit))?.global_rank ?? null
}
