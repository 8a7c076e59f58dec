import { moveRange } from './data/step-range.js'
import { shownPayload } from './state/live-state.js'
import { nextTheme, theme } from './state/theme.js'
import { choose, LIVE_STEPS, uiState } from './state/ui-state.js'

/** Keys and what they do, as the help lists them. */
export const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['p', 'pause and resume'],
  ['f', `follow the newest ${LIVE_STEPS} steps`],
  ['a', 'show the whole run'],
  ['+ −', 'zoom in and out'],
  ['← →', 'earlier and later steps'],
  ['[ ]', 'previous and next rank'],
  ['Esc', 'close the rank or this help'],
  ['t', 'change the colours'],
  ['?', 'this help'],
]

const MOVE = 0.5
const ZOOM = 0.5

/** Lets keys work anywhere but where one types or chooses. */
export function listenToKeys(target: Window, help: { toggle(): void; close(): boolean }): void {
  target.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (isNeededThere(event.key, event.target)) return
    if (act(event.key, help)) event.preventDefault()
  })
}

function act(key: string, help: { toggle(): void; close(): boolean }): boolean {
  switch (key) {
    case 'p':
      choose({ isPaused: !uiState.get().isPaused })
      return true
    case 'f':
      choose({ view: { kind: 'follow', steps: LIVE_STEPS } })
      return true
    case 'a':
      choose({ view: { kind: 'follow', steps: 0 } })
      return true
    case '+':
    case '=':
      return moveView({ zoom: ZOOM })
    case '-':
      return moveView({ zoom: 1 / ZOOM })
    case 'ArrowLeft':
      return moveView({ by: -MOVE })
    case 'ArrowRight':
      return moveView({ by: MOVE })
    case '[':
      return moveRank(-1)
    case ']':
      return moveRank(1)
    case 't':
      theme.set(nextTheme(theme.get()))
      return true
    case '?':
      help.toggle()
      return true
    case 'Escape':
      if (!help.close()) choose({ rank: null })
      return true
    default:
      return false
  }
}

function moveView(change: { readonly by?: number; readonly zoom?: number }): boolean {
  const body = shownPayload()?.sections.step_time.body
  const newest = body?.series.steps.at(-1)
  if (body === undefined || body === null || newest === undefined) return false
  const { view } = uiState.get()
  const followed = view.kind === 'follow' ? view.steps || newest : 0
  const range =
    view.kind === 'range' ? view : { from: Math.max(1, newest - followed + 1), to: newest }
  const moved = moveRange(range, change, { oldest: 1, newest })
  choose({ view: { kind: 'range', ...moved } })
  return true
}

function moveRank(by: number): boolean {
  const ranks = shownPayload()?.ranks.map(({ global_rank }) => global_rank) ?? []
  if (ranks.length === 0) return false
  const { rank } = uiState.get()
  const at = rank === null ? (by > 0 ? -1 : 0) : ranks.indexOf(rank)
  choose({ rank: ranks[(at + by + ranks.length) % ranks.length] ?? null })
  return true
}

/** Where one types or chooses keys have their own meaning, and arrows where one scrolls. */
function isNeededThere(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  const owners = key.startsWith('Arrow')
    ? 'input, select, textarea, .scroll, .flame'
    : 'input, select, textarea'
  return target.closest(owners) !== null
}
