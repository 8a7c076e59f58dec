import type { RunProgress } from '@traceml/contracts'
import type { TerminalRestore } from '@traceml/display-terminal'

/** Draws the progress of a run on a stream. */
export interface ProgressView {
  draw(progress: RunProgress): void
  stop(): void
}

const FIRST_LINES_MS = 1_800
const LAST_LINES_MS = 60_000

/**
 * Loads the display: a live region in a terminal, a line now and then elsewhere, every two seconds
 * at first and every minute in the end, so that the log of a long run stays its own.
 *
 * @param onTake - Told how to give the terminal back, whenever that changes.
 */
export async function loadProgressView(
  stream: NodeJS.WriteStream,
  onTake: (restore: TerminalRestore) => void,
): Promise<ProgressView> {
  const { createLiveRegion, progressRenderer } = await import('@traceml/display-terminal')
  const region = createLiveRegion(stream, {
    onTake: (text) => onTake({ text, modes: null }),
    plainIntervalMs: (ageMs) => Math.min(LAST_LINES_MS, Math.max(FIRST_LINES_MS, ageMs / 10)),
  })
  return {
    draw: (progress) => {
      const lines = progressRenderer.render(progress, region.target())
      if (lines !== null) region.update(lines)
    },
    stop: () => region.stop(),
  }
}
