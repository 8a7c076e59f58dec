import { createStore, type Store } from './store.js'

/** Which steps the step charts show. */
export type StepView =
  /** The newest ones; 0 for the whole run. */
  | { readonly kind: 'follow'; readonly steps: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number }

/** What the viewer chose. It lives in the address, so that it survives a reload and can be sent. */
export interface UiState {
  readonly view: StepView
  /** Global rank that is looked at closely. */
  readonly rank: number | null
  /** Global rank whose output is shown; null: all. */
  readonly logRank: number | null
  readonly isPaused: boolean
  /** What the sizes of the layers are. */
  readonly layersBy: LayerMeasure
  /** Path of the block of layers that is looked at closely; null: the whole model. */
  readonly layer: string | null
}

/** What can be compared between layers. */
export type LayerMeasure = 'time' | 'memory'

/** Steps that a payload carries itself. */
export const LIVE_STEPS = 100

const INITIAL: UiState = {
  view: { kind: 'follow', steps: LIVE_STEPS },
  rank: null,
  logRank: null,
  isPaused: false,
  layersBy: 'time',
  layer: null,
}

/** The choices in a fragment such as `#steps=40-90&rank=5&paused`. */
export function parseUiState(fragment: string): UiState {
  const values = new URLSearchParams(fragment.replace(/^#/, ''))
  return {
    view: parseView(values.get('steps')),
    rank: wholeNumber(values.get('rank')),
    logRank: wholeNumber(values.get('log')),
    isPaused: values.has('paused'),
    layersBy: values.get('layers') === 'memory' ? 'memory' : 'time',
    layer: values.get('layer') || null,
  }
}

/** The fragment for these choices; '' when nothing was chosen. */
export function formatUiState(state: UiState): string {
  const { view, rank, logRank, isPaused, layersBy, layer } = state
  const parts: string[] = []
  if (view.kind === 'range') parts.push(`steps=${view.from}-${view.to}`)
  else if (view.steps !== LIVE_STEPS) parts.push(`steps=${view.steps === 0 ? 'all' : view.steps}`)
  if (rank !== null) parts.push(`rank=${rank}`)
  if (logRank !== null) parts.push(`log=${logRank}`)
  if (layersBy !== 'time') parts.push(`layers=${layersBy}`)
  if (layer !== null) parts.push(`layer=${encodeURIComponent(layer)}`)
  if (isPaused) parts.push('paused')
  return parts.length === 0 ? '' : `#${parts.join('&')}`
}

/** The choices of this page, kept in its address. */
export const uiState: Store<UiState> = createStore(INITIAL)

/** Changes some of the choices. */
export function choose(change: Partial<UiState>): void {
  uiState.set({ ...uiState.get(), ...change })
}

/** Ties the choices to the address of the page. */
export function keepUiStateInAddress(target: Window): void {
  uiState.set(parseUiState(target.location.hash))
  uiState.subscribe(() => {
    const { pathname, search, hash } = target.location
    const fragment = formatUiState(uiState.get())
    if (hash !== fragment) target.history.replaceState(null, '', `${pathname}${search}${fragment}`)
  })
  target.addEventListener('hashchange', () => uiState.set(parseUiState(target.location.hash)))
}

function parseView(text: string | null): StepView {
  if (text === 'all') return { kind: 'follow', steps: 0 }
  const [from, to] = (text ?? '').split('-').map(wholeNumber)
  if (typeof from === 'number' && typeof to === 'number' && from < to) {
    return { kind: 'range', from, to }
  }
  if (typeof from === 'number' && from >= 2 && to === undefined) {
    return { kind: 'follow', steps: from }
  }
  return INITIAL.view
}

function wholeNumber(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null
}
