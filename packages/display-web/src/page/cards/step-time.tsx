import type { LiveStepTimeBody } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { fetchJson } from '../data/fetch-json.js'
import { linesOfPayload, linesOfSeries, queryOf } from '../data/step-range.js'
import { useFetched } from '../data/use-fetched.js'
import { usePayload } from '../data/use-payload.js'
import { formatCount, formatMs, formatRatio, formatSkew } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { type Figure, Figures } from '../parts/figures.js'
import { PhaseBar, PhaseLegend } from '../parts/phase-bar.js'
import { useStore } from '../state/store.js'
import { choose, LIVE_STEPS, type StepView, uiState } from '../state/ui-state.js'
import { Overview, rangeBetween } from './overview.js'
import { StepCharts } from './step-charts.js'

const POINTS = 600
const PAUSE_MS = 2_000
const SPANS: readonly { readonly steps: number; readonly label: string }[] = [
  { steps: LIVE_STEPS, label: `Last ${LIVE_STEPS}` },
  { steps: 1000, label: 'Last 1000' },
  { steps: 0, label: 'Whole run' },
]

/** How long steps take, what they are made of, and how both developed. */
export function StepTimeCard(): VNode | null {
  const section = usePayload((payload) => payload.sections.step_time)
  const verdict = usePayload((payload) => payload.verdict)
  if (section === null) return null
  const { body, freshness } = section
  return (
    <Card
      id="step-time"
      title={section.title}
      detail={body === null ? undefined : windowText(body)}
      freshness={freshness}
      error={section.error}
      verdict={verdict?.section === section.id ? null : section.verdict}
    >
      {body === null ? (
        <Nothing>{freshness.reason ?? 'No steps yet.'}</Nothing>
      ) : (
        <StepTime body={body} />
      )}
    </Card>
  )
}

function StepTime({ body }: { readonly body: LiveStepTimeBody }): VNode {
  const { composition } = body
  return (
    <>
      <Figures figures={stepFigures(body)} />
      {composition !== null && (
        <div class="composition">
          <p class="quiet small">
            Average step of rank {composition.rank}, {formatMs(composition.step_time_ms)}
          </p>
          <PhaseBar phases={composition.phases_ms} scaleMs={composition.step_time_ms} />
          <PhaseLegend phases={composition.phases_ms} stepMs={composition.step_time_ms} />
        </div>
      )}
      <StepHistory body={body} />
    </>
  )
}

function StepHistory({ body }: { readonly body: LiveStepTimeBody }): VNode {
  const view = useStore(uiState, (ui) => ui.view)
  const isPaused = useStore(uiState, (ui) => ui.isPaused)
  const newestStep = body.series.steps.at(-1) ?? null
  const query = queryOf(view, newestStep, POINTS)
  const { value, error } = useFetched(
    query === null ? null : (signal) => fetchJson('/api/series.json', { ...query }, signal),
    {
      key: JSON.stringify(view),
      version: isPaused || view.kind === 'range' ? 0 : (newestStep ?? 0),
      pauseMs: PAUSE_MS,
    },
  )
  const lines = useMemo(() => {
    if (query === null) return linesOfPayload(body)
    return value === null || value.steps.length === 0 ? null : linesOfSeries(value)
  }, [query === null, query === null ? body : value])
  return (
    <>
      <StepToolbar view={view} />
      {error !== null && (
        <p class="notice crit" role="status">
          These steps cannot be shown: {error}
        </p>
      )}
      {lines === null ? (
        <Nothing>{error === null ? 'Loading the steps…' : 'No steps to show.'}</Nothing>
      ) : (
        <StepCharts
          lines={lines}
          onSelect={(from, to) => choose({ view: rangeBetween(from, to) })}
          onReset={() => choose({ view: { kind: 'follow', steps: LIVE_STEPS } })}
        />
      )}
      {newestStep !== null && newestStep > LIVE_STEPS && (
        <Overview newestStep={newestStep} view={view} />
      )}
    </>
  )
}

function StepToolbar({ view }: { readonly view: StepView }): VNode {
  return (
    <fieldset class="toolbar">
      <legend class="unseen">Steps to show</legend>
      {SPANS.map(({ steps, label }) => (
        <button
          key={steps}
          type="button"
          aria-pressed={view.kind === 'follow' && view.steps === steps}
          onClick={() => choose({ view: { kind: 'follow', steps } })}
        >
          {label}
        </button>
      ))}
      {view.kind === 'range' ? (
        <span class="chosen">
          Steps {formatCount(view.from)}–{formatCount(view.to)}{' '}
          <button
            type="button"
            class="link"
            onClick={() => choose({ view: { kind: 'follow', steps: LIVE_STEPS } })}
          >
            Follow again
          </button>
        </span>
      ) : (
        <span class="quiet small hint">Drag over a chart to zoom</span>
      )}
    </fieldset>
  )
}

function windowText({ window, clock }: LiveStepTimeBody): string {
  const ranks =
    window.ranks_known > 1 ? ` · ${window.ranks_present} of ${window.ranks_known} ranks` : ''
  return `${formatCount(window.steps_used)} steps judged · ${clock === 'gpu' ? 'device' : 'host'} clock${ranks}`
}

function stepFigures(body: LiveStepTimeBody): readonly Figure[] {
  const { metrics, straggler, trend } = body
  const step = metrics.find(({ key }) => key === 'step_time')
  const residual = metrics.find(({ key }) => key === 'residual')
  const hasRanks = body.window.ranks_known > 1
  const figures: Figure[] = [
    { label: hasRanks ? 'Median step' : 'Step', value: formatMs(step?.median_ms ?? null) },
  ]
  if (hasRanks) {
    figures.push({
      label: 'Worst rank',
      value: formatMs(step?.worst_ms ?? null),
      note: step === undefined ? undefined : `r${step.worst_rank} ${formatSkew(step.skew_ratio)}`,
    })
  }
  if (straggler !== null) {
    figures.push({
      label: 'Straggler',
      value: `r${straggler.rank}`,
      note: `${straggler.pattern}, ${formatRatio(straggler.recurrence_ratio, 0)} of ${straggler.steps} steps, costs ${formatMs(straggler.cost_ms)}`,
    })
  }
  figures.push({ label: 'Residual', value: formatRatio(residual?.share_ratio ?? null) })
  figures.push({ label: 'Trend', value: trend?.label ?? 'n/a' })
  return figures
}
