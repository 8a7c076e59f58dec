import type { LivePayload } from '@traceml/contracts'
import type { OutputLine } from '../output/output-lines.js'

/** The live payload and what the person at the terminal has chosen: what built-in panels draw. */
export interface LiveView extends LivePayload {
  readonly terminal: TerminalChoice
}

/** What the person at the terminal has chosen to see. */
export interface TerminalChoice {
  /** Global rank whose detail is shown, or null: all. */
  readonly selectedRank: number | null
  readonly output: OutputExcerpt
}

/** Lines of the training's output that the output panel can show. */
export interface OutputExcerpt {
  /** Oldest first. */
  readonly lines: readonly OutputLine[]
  /** How many of the newest lines are scrolled out at the bottom. */
  readonly scrolledBack: number
}
