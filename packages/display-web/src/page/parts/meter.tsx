import type { VNode } from 'preact'

/** Part of a whole as a bar. */
export interface MeterProps {
  /** 0 to 1; null: unknown, an empty bar. */
  readonly ratio: number | null
  readonly tone?: 'plain' | 'warn' | 'crit'
}

/** The number itself stands beside the bar, so the bar is for the eye only. */
export function Meter({ ratio, tone = 'plain' }: MeterProps): VNode {
  const percent = ratio === null ? 0 : Math.min(100, Math.max(0, ratio * 100))
  return (
    <span class={`meter ${tone}`} aria-hidden="true">
      <span style={{ width: `${percent}%` }} />
    </span>
  )
}

/** The tone of something that is bad when it is full. */
export function fullnessTone(ratio: number | null): 'plain' | 'warn' | 'crit' {
  if (ratio === null || ratio < 0.9) return 'plain'
  return ratio < 0.97 ? 'warn' : 'crit'
}
