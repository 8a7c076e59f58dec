const POLL_MS = 5
/** Silence that counts as the end, once nobody is waited for. */
const QUIET_MS = 50
/** The same where every rank has said goodbye and closed its connection: bytes of the last turn. */
const SURE_QUIET_MS = 2

/** What has to come to rest. @internal */
export interface SettleView {
  /** Nothing more can be expected of any rank. */
  isComplete(): boolean
  /** Every rank has finished and no connection is open. */
  isSure(): boolean
  /** Changes with every byte or connection. */
  activity(): number
  /** Bytes are held back or not written yet. */
  isBusy(): boolean
}

/**
 * Waits until all ranks are done and the wire is quiet; false when the deadline came first.
 *
 * @param deadline - On the clock of `performance.now()`. @internal
 */
export async function settle(view: SettleView, deadline: number): Promise<boolean> {
  let activity = view.activity()
  let quietSince = performance.now()
  while (true) {
    const now = performance.now()
    const current = view.activity()
    if (current !== activity || view.isBusy()) {
      activity = current
      quietSince = now
    }
    const quietMs = view.isSure() ? SURE_QUIET_MS : QUIET_MS
    if (view.isComplete() && now - quietSince >= quietMs) return true
    if (now >= deadline) return view.isComplete()
    const pauseMs = Math.min(POLL_MS, quietMs, deadline - now)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
