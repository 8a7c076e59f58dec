import type { Key } from '../screen/keys.js'

/** What a person has chosen by keys; drawn with the next frame. */
export interface Choices {
  readonly selectedRank: number | null
  /** Digits of a rank that is being typed; empty when none is. */
  readonly typed: string
  /** Monotonic milliseconds of the last digit. */
  readonly typedAtMs: number
  /** Id of the panel at full size, `help`, or null: the overview. */
  readonly page: string | null
  /** Newest lines of output that are scrolled out. */
  readonly scrolledBack: number
  readonly isPaused: boolean
  /** The view is to be left for good. */
  readonly hasLeft: boolean
}

/** Before any key. */
export const NO_CHOICES: Choices = {
  selectedRank: null,
  typed: '',
  typedAtMs: 0,
  page: null,
  scrolledBack: 0,
  isPaused: false,
  hasLeft: false,
}

/** What a key can refer to. */
export interface ChoiceContext {
  /** Global ranks, ascending. */
  readonly ranks: readonly number[]
  /** The rank that is worth being looked at first, or null. */
  readonly notableRank: number | null
  /** Ids of the panels that can be shown at full size, in their order. */
  readonly pages: readonly string[]
  /** Lines that page up and down move by. */
  readonly pageLines: number
  readonly outputLines: number
  readonly nowMs: number
}

/** Digits that follow each other within this time are one number. */
const TYPING_MS = 1_200

/** The choices after a key; the same object when it has no meaning. */
export function chooseByKey(choices: Choices, key: Key, context: ChoiceContext): Choices {
  switch (key) {
    case 'q':
      return { ...choices, hasLeft: true }
    case 'p':
    case 'space':
      return { ...choices, isPaused: !choices.isPaused, scrolledBack: 0 }
    case '?':
    case 'h':
      return { ...choices, page: choices.page === 'help' ? null : 'help' }
    case 'escape':
      return { ...choices, page: null, selectedRank: null, typed: '', scrolledBack: 0 }
    case 'up':
    case 'k':
      return select(choices, context, -1)
    case 'down':
    case 'j':
      return select(choices, context, 1)
    case 'tab':
    case 'right':
      return turnPage(choices, context, 1)
    case 'shift-tab':
    case 'left':
      return turnPage(choices, context, -1)
    case 'pageup':
      return scroll(choices, context, context.pageLines)
    case 'pagedown':
      return scroll(choices, context, -context.pageLines)
    case 'home':
      return scroll(choices, context, Number.POSITIVE_INFINITY)
    case 'end':
      return { ...choices, scrolledBack: 0 }
    default:
      return /^[0-9]$/.test(key) ? typeDigit(choices, key, context) : choices
  }
}

function select(choices: Choices, { ranks, notableRank }: ChoiceContext, by: number): Choices {
  if (ranks.length === 0) return choices
  const at = choices.selectedRank === null ? -1 : ranks.indexOf(choices.selectedRank)
  const first = notableRank ?? (by > 0 ? ranks[0] : ranks.at(-1)) ?? null
  const next = at < 0 ? first : (ranks[(at + by + ranks.length) % ranks.length] ?? null)
  return { ...choices, selectedRank: next, typed: '', scrolledBack: 0 }
}

function turnPage(choices: Choices, { pages }: ChoiceContext, by: number): Choices {
  const all = [null, ...pages]
  const at = all.indexOf(choices.page)
  const next = all[(Math.max(0, at) + by + all.length) % all.length] ?? null
  return { ...choices, page: next, scrolledBack: 0 }
}

function scroll(choices: Choices, { outputLines }: ChoiceContext, by: number): Choices {
  const scrolledBack = Math.min(
    Math.max(0, outputLines - 1),
    Math.max(0, choices.scrolledBack + by),
  )
  return { ...choices, scrolledBack }
}

function typeDigit(choices: Choices, digit: string, { ranks, nowMs }: ChoiceContext): Choices {
  const isGoingOn = choices.typed !== '' && nowMs - choices.typedAtMs < TYPING_MS
  const typed = (isGoingOn ? choices.typed : '') + digit
  const rank = Number(typed)
  const isRank = ranks.includes(rank)
  const selected = isRank ? rank : choices.selectedRank
  return {
    ...choices,
    typed: typed.slice(-6),
    typedAtMs: nowMs,
    selectedRank: selected,
    scrolledBack: 0,
  }
}

/** The choices once a number has been typed long enough ago. */
export function settleTyping(choices: Choices, nowMs: number): Choices {
  return choices.typed !== '' && nowMs - choices.typedAtMs >= TYPING_MS
    ? { ...choices, typed: '' }
    : choices
}
