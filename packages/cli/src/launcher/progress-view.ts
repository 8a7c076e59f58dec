import type { RunProgress } from '@traceml/contracts'

/** Draws the progress of a run on a stream. */
export interface ProgressView {
  draw(progress: RunProgress): void
  stop(): void
}

/**
 * Loads the display: a live region in a terminal, a line now and then elsewhere.
 *
 * @param plainIntervalMs - Shortest time between two lines where there is no terminal.
 */
export async function loadProgressView(
  stream: NodeJS.WriteStream,
  plainIntervalMs: number,
): Promise<ProgressView> {
  const { createLiveRegion, progressRenderer } = await import('@traceml/display-terminal')
  const region = createLiveRegion(stream, { plainIntervalMs })
  return {
    draw: (progress) => {
      const lines = progressRenderer.render(progress, region.target())
      if (lines !== null) region.update(lines)
    },
    stop: () => region.stop(),
  }
}
