import { JAVASCRIPT_EVENTS, type StepRecorder } from '@traceml/contracts'
import { createIntervalClock } from '../interval-clock.js'

/** Calls that are told apart within a step. */
const MAX_CALLS = 64

/** Waits within the step that is being made: for results of the device, and for the next frame. */
export interface StepWaits {
  /** The thread was blocked by a read. */
  addSyncRead(durationMs: number): void
  beginAsyncRead(nowMs: number): void
  endAsyncRead(nowMs: number): void
  beginYield(nowMs: number): void
  endYield(nowMs: number): void
  /** Training work runs: meanwhile nothing waits. */
  suspend(nowMs: number): void
  resume(nowMs: number): void
  /** Hands what there is to the recorder, as part of its step. */
  write(nowMs: number): void
  /** Forgets what there is. */
  reset(nowMs: number): void
}

/** Creates the waits of a tracker. */
export function createStepWaits(recorder: Pick<StepRecorder, 'slot' | 'add'>): StepWaits {
  const syncSlot = recorder.slot(JAVASCRIPT_EVENTS.syncRead)
  const asyncSlot = recorder.slot(JAVASCRIPT_EVENTS.asyncRead)
  const yieldSlot = recorder.slot(JAVASCRIPT_EVENTS.yieldWait)
  const asyncReads = createIntervalClock()
  const yields = createIntervalClock()
  let syncMs = 0
  let syncCalls = 0

  function add(slot: number, ms: number, calls: number): void {
    if (calls === 0) return
    recorder.add(slot, ms)
    for (let call = 1; call < Math.min(calls, MAX_CALLS); call++) recorder.add(slot, 0)
  }

  function reset(nowMs: number): void {
    syncMs = 0
    syncCalls = 0
    if (asyncReads.seen > 0) asyncReads.reset(nowMs)
    if (yields.seen > 0) yields.reset(nowMs)
  }

  return {
    addSyncRead(durationMs) {
      syncMs += durationMs
      syncCalls += 1
    },
    beginAsyncRead: asyncReads.begin,
    endAsyncRead: asyncReads.end,
    beginYield: yields.begin,
    endYield: yields.end,
    suspend: asyncReads.suspend,
    resume: asyncReads.resume,
    write(nowMs) {
      add(syncSlot, syncMs, syncCalls)
      if (asyncReads.seen > 0) add(asyncSlot, asyncReads.total(nowMs), asyncReads.seen)
      if (yields.seen > 0) add(yieldSlot, yields.total(nowMs), yields.seen)
      reset(nowMs)
    },
    reset,
  }
}
