/**
 * The host's time between two pieces of training work that nobody has explained: it is input when a
 * batch came out of it. All times in milliseconds of one monotonic clock.
 *
 * A loop works on its last step first (it adds up gradients, reads the loss, writes a log) and then
 * makes the next batch, the sign of which is a tensor made from values of the host's. So what comes
 * before such work ends is no input, until the first tensor of the batch was made; and a gap after
 * which there is no such tensor is none at all.
 */
export interface InputGap {
  /** A gap begins; NaN: it is not known when. `spansMs` is the time of measured spans so far. */
  restart(startMs: number, spansMs: number): void
  /** Part of the gap has another explanation. */
  explain(durationMs: number): void
  /** Work on results has just ended. */
  noteResults(nowMs: number, spansMs: number): void
  /** A batch is fetched: whatever was before did not make it. */
  noteFetch(nowMs: number, spansMs: number): void
  /** A tensor was made from values of the host's. */
  noteHostTensor(): void
  /** Training work begins: the gap is over. */
  close(nowMs: number, spansMs: number): void
  /**
   * The training work has ended, and with it the chance that the batch becomes tensors.
   * @returns Input of the gap that was closed; 0 when there was none.
   */
  settle(): number
}

/** Creates a gap that has not begun. */
export function createInputGap(): InputGap {
  let startMs = Number.NaN
  let spansAtStartMs = 0
  let explainedMs = 0
  let closedMs = 0
  let made = false

  function begin(nowMs: number, spansMs: number): void {
    startMs = nowMs
    spansAtStartMs = spansMs
    explainedMs = 0
  }

  return {
    restart(nowMs, spansMs) {
      begin(nowMs, spansMs)
      closedMs = 0
    },
    explain(durationMs) {
      explainedMs += durationMs
    },
    noteResults(nowMs, spansMs) {
      if (!made && !Number.isNaN(startMs)) begin(nowMs, spansMs)
    },
    noteFetch(nowMs, spansMs) {
      made = false
      if (!Number.isNaN(startMs)) begin(nowMs, spansMs)
    },
    noteHostTensor() {
      made = true
    },
    close(nowMs, spansMs) {
      const gapMs = nowMs - startMs - explainedMs - (spansMs - spansAtStartMs)
      // Not a number where the start of the gap is not known.
      closedMs = 0
      if (gapMs > 0) closedMs = gapMs
      startMs = Number.NaN
    },
    settle() {
      const inputMs = made ? closedMs : 0
      made = false
      closedMs = 0
      return inputMs
    },
  }
}
