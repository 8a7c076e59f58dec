import type { SectionWindow } from '@traceml/contracts'

/** The window of a section that covers samples. */
export function sampleWindow(samples: number): SectionWindow {
  return {
    kind: 'sample_window',
    alignment: 'none',
    samples,
    steps_analyzed: null,
    start_step: null,
    end_step: null,
    completed_step: null,
    window_size: null,
  }
}

/** Unix seconds of the newest row; null when no row says when it was taken. */
export function newestSample(
  rows: readonly { readonly sample_ts_s: number | null }[],
): number | null {
  let newest: number | null = null
  for (const { sample_ts_s: at } of rows) {
    if (at !== null && (newest === null || at > newest)) newest = at
  }
  return newest
}
