import type { LivePayload, RunProgress } from '@traceml/contracts'
import type { TerminalRestore } from '@traceml/display-terminal'

/** Draws the progress of a run on a stream. */
export interface ProgressView {
  draw(progress: RunProgress): void
  stop(): void
}

/** Prints how a run goes as lines. */
export interface LineView {
  draw(payload: LivePayload): void
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

/** Lines of a run whose view was asked for come at least this often. */
const LIVE_LINES_MS = 10_000

/** Loads the view for where nothing can be drawn: a line every two seconds at first, then every ten. */
export async function loadLineView(stream: NodeJS.WriteStream): Promise<LineView> {
  const { createLiveRegion, liveLineRenderer } = await import('@traceml/display-terminal')
  const region = createLiveRegion(stream, {
    // Also on the terminal of a build server: nobody looks at it while it runs.
    environment: { ...process.env, TERM: 'dumb' },
    plainIntervalMs: (ageMs) => Math.min(LIVE_LINES_MS, Math.max(FIRST_LINES_MS, ageMs / 10)),
  })
  return {
    draw: (payload) => {
      const lines = liveLineRenderer.render(payload, region.target())
      if (lines !== null) region.update(lines)
    },
    stop: () => region.stop(),
  }
}
