import type { LivePayload } from './live/payload.js'
import type { LiveUnit } from './live/verdict.js'
import type { Renderer } from './renderer.js'

/** Numbers of one kind that stand side by side. */
export interface LivePanelFigure {
  readonly label: string
  /** Null: unknown, drawn as `n/a`. */
  readonly value: number | string | null
  /** Null for a text or a bare number. */
  readonly unit: LiveUnit | null
}

/** One column of a table. */
export interface LivePanelColumn {
  readonly label: string
  /** Of the numbers in it; null for texts and bare numbers. */
  readonly unit: LiveUnit | null
}

/** One line of a chart; as many values as the chart has places on its x axis. */
export interface LivePanelSeries {
  readonly label: string
  readonly values: readonly (number | null)[]
}

/** What a panel can be made of. All texts are drawn as texts, whatever is in them. */
export type LivePanelBlock =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'figures'; readonly figures: readonly LivePanelFigure[] }
  | {
      readonly kind: 'table'
      readonly columns: readonly LivePanelColumn[]
      /** Shape [rows][columns]. */
      readonly rows: readonly (readonly (number | string | null)[])[]
    }
  | {
      readonly kind: 'series'
      /** What the x axis counts, for example `step`. */
      readonly x_label: string
      /** Ascending. */
      readonly x: readonly number[]
      readonly unit: LiveUnit | null
      readonly series: readonly LivePanelSeries[]
    }

/** What a panel shows, from top to bottom. */
export interface LivePanelView {
  readonly blocks: readonly LivePanelBlock[]
}

/**
 * A panel of your own in the browser: a renderer of surface `html`. It says what to show and the page
 * draws it, so no code of a panel runs in a browser. `render` is called once a tick, whatever the
 * number of viewers.
 */
export type LivePanel = Renderer<LivePayload, LivePanelView>
