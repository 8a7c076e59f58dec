import type { LivePayload } from '@traceml/contracts'
import type { DashboardDocument } from '../../server/events/live-feed.js'
import type { ConnectionState } from '../freshness.js'
import { createStore, type Store } from './store.js'
import { uiState } from './ui-state.js'

/** A document and when it came. */
export interface Received {
  readonly document: DashboardDocument
  /** Monotonic milliseconds of the page. */
  readonly atMs: number
}

/** Newest document; null before the first. */
export const newest: Store<Received | null> = createStore<Received | null>(null)

/** What is drawn: the newest document, or the one that was there when the viewer paused. */
export const shown: Store<Received | null> = createStore<Received | null>(null)

export const connection: Store<ConnectionState> = createStore<ConnectionState>('connecting')

/** Monotonic milliseconds, once a second: what ages is drawn anew with it. */
export const clock: Store<number> = createStore(performance.now())

/** Lets `shown` follow `newest` unless the viewer paused, and the clock run. */
export function startShowing(): void {
  const follow = (): void => {
    if (!uiState.get().isPaused || shown.get() === null) shown.set(newest.get())
  }
  newest.subscribe(follow)
  uiState.subscribe(follow)
  setInterval(() => clock.set(performance.now()), 1000)
}

/** The payload that is drawn. */
export function shownPayload(): LivePayload | null {
  return shown.get()?.document.payload ?? null
}
