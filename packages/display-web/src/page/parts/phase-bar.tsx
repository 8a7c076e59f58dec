import type { LivePhasesMs } from '@traceml/contracts'
import type { VNode } from 'preact'
import { formatMs, formatRatio } from '../format/format.js'
import { PHASES } from '../format/phases.js'

/** One step as a bar of its parts. */
export interface PhaseBarProps {
  readonly phases: LivePhasesMs
  /** What a full bar stands for, in milliseconds. */
  readonly scaleMs: number
}

/** The parts of a step side by side; what is not known leaves the bar shorter. */
export function PhaseBar({ phases, scaleMs }: PhaseBarProps): VNode {
  return (
    <span class="phase-bar" aria-hidden="true">
      {PHASES.map(({ key, label, colour }) => {
        const ms = phases[key]
        if (ms === null || ms <= 0 || scaleMs <= 0) return null
        return (
          <span
            key={key}
            title={`${label} ${formatMs(ms)}`}
            style={{ width: `${(ms / scaleMs) * 100}%`, background: `var(--${colour})` }}
          />
        )
      })}
    </span>
  )
}

/** The same parts as numbers, with their colours. */
export function PhaseLegend(props: {
  readonly phases: LivePhasesMs
  readonly stepMs: number | null
}): VNode {
  const { phases, stepMs } = props
  return (
    <ul class="legend">
      {PHASES.map(({ key, label, colour }) => {
        const ms = phases[key]
        const share = ms === null || stepMs === null || stepMs <= 0 ? null : ms / stepMs
        return (
          <li key={key} class={ms === null ? 'unknown' : undefined}>
            <span class="swatch" style={{ background: `var(--${colour})` }} aria-hidden="true" />
            {label} <b>{formatMs(ms)}</b>
            {share !== null && <span class="quiet"> {formatRatio(share, 0)}</span>}
          </li>
        )
      })}
    </ul>
  )
}
