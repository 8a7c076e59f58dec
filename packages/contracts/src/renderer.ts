/** Where a renderer draws. */
export interface RenderTarget {
  /** Columns that may be used, ≥ 20. */
  readonly columns: number
  readonly rows: number
  readonly color: boolean
  /** False when output is not a terminal: no cursor movement, no spinner. */
  readonly interactive: boolean
}

/**
 * Draws one computed payload. Presentation only: it reads no store, computes no statistics and
 * keeps no state between calls. It may throw; the region then shows the error and the run goes on.
 */
export interface Renderer<Payload, Output = readonly string[]> {
  readonly apiVersion: 1
  readonly kind: 'renderer'
  readonly id: string
  /** `terminal` renderers return lines without line ends. */
  readonly surface: 'terminal' | 'html'
  /** What stands above it where it is one panel of several; the id when absent. */
  readonly title?: string
  /** Section of the live payload it shows: its age then stands beside the title. */
  readonly section?: string
  /** Returns what to show, or null to leave the region unchanged. */
  render(payload: Payload, target: RenderTarget): Output | null
}

/** Checks and infers a {@link Renderer}; returns its argument. */
export function defineRenderer<Payload, Output>(
  renderer: Renderer<Payload, Output>,
): Renderer<Payload, Output> {
  return renderer
}
