import type { RowView, SectionView } from '../view/report-view.js'

/** A part of a step as it is drawn. */
export interface PhaseStyle {
  readonly metric: string
  readonly label: string
  /** Class that gives its colour. */
  readonly className: string
}

/** The parts of a step in the order in which they are drawn. */
const PHASES: readonly PhaseStyle[] = [
  { metric: 'input_wait_ms', label: 'Input wait', className: 'p-input' },
  { metric: 'h2d_ms', label: 'H2D', className: 'p-h2d' },
  { metric: 'forward_ms', label: 'Forward', className: 'p-forward' },
  { metric: 'backward_ms', label: 'Backward', className: 'p-backward' },
  { metric: 'optimizer_ms', label: 'Optimizer', className: 'p-optimizer' },
  { metric: 'residual_ms', label: 'Residual', className: 'p-residual' },
]
/** Drawn where the parts of compute were not measured. */
const COMPUTE: PhaseStyle = { metric: 'compute_ms', label: 'Compute', className: 'p-forward' }

type Metrics = Readonly<Record<string, number | null>>

/** A part of one step with its time. */
export interface PhaseValue extends PhaseStyle {
  readonly valueMs: number
}

/** The parts to draw: those of compute where any of them has a time, else compute as a whole. */
export function phaseStyles(read: (metric: string) => number | null): readonly PhaseStyle[] {
  const hasParts = ['forward_ms', 'backward_ms', 'optimizer_ms'].some(
    (metric) => (read(metric) ?? 0) > 0,
  )
  const compute = hasParts ? PHASES.slice(2, 5) : [COMPUTE]
  return [...PHASES.slice(0, 2), ...compute, ...PHASES.slice(5)]
}

/** The parts that were measured and are above zero. */
export function phaseValues(metrics: Metrics): readonly PhaseValue[] {
  const phases = phaseStyles((metric) => metrics[metric] ?? null)
  return phases.flatMap((phase) => {
    const valueMs = metrics[phase.metric] ?? null
    return valueMs !== null && valueMs > 0 ? [{ ...phase, valueMs }] : []
  })
}

/** Milliseconds of a whole step, null when it is not known or not above zero. */
export function stepMs(metrics: Metrics): number | null {
  const value = metrics['step_time_ms'] ?? null
  return value !== null && value > 0 ? value : null
}

/** Rows whose step can be drawn. */
export function drawnRows(section: SectionView): readonly RowView[] {
  return section.rows.filter(
    (row) => stepMs(row.metrics) !== null && phaseValues(row.metrics).length > 0,
  )
}
