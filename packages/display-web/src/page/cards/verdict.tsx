import type { LiveEvidence, LiveProgress, LiveRun, LiveVerdict } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { usePayload } from '../data/use-payload.js'
import { formatCount, formatRate, formatRatio, formatSpan, formatValue } from '../format/format.js'
import { type Figure, Figures } from '../parts/figures.js'
import { Meter } from '../parts/meter.js'
import { choose } from '../state/ui-state.js'

/** What is wrong, how sure that is, what to do about it, and how far the run is. */
export function VerdictCard(): VNode | null {
  const verdict = usePayload((payload) => payload.verdict)
  const progress = usePayload((payload) => payload.progress)
  const run = usePayload((payload) => payload.run)
  if (verdict === null || progress === null || run === null) return null
  return (
    <section class={`card verdict ${verdict.tone}`} aria-labelledby="verdict-title">
      <div class="verdict-main">
        <h2 id="verdict-title">
          <span class="unseen">Verdict: </span>
          {verdict.status}
        </h2>
        <p class="lead">{verdict.summary}</p>
        {verdict.action !== '' && (
          <p class="action">
            <b>Next</b> {verdict.action}
          </p>
        )}
        {verdict.note !== null && <p class="quiet">{verdict.note}</p>}
        <Announcement verdict={verdict} />
        <Evidence verdict={verdict} />
      </div>
      <Progress progress={progress} run={run} />
    </section>
  )
}

/** Says a new verdict aloud; numbers that change with every tick are no news. */
function Announcement({ verdict }: { readonly verdict: LiveVerdict }): VNode {
  const { section, kind, severity, ranks } = verdict
  const text = useMemo(
    () => `${verdict.status}. ${verdict.summary} ${verdict.action}`,
    [section, kind, severity, ranks.join()],
  )
  return (
    <p class="unseen" aria-live="polite">
      {text}
    </p>
  )
}

function Evidence({ verdict }: { readonly verdict: LiveVerdict }): VNode | null {
  const { confidence, confidence_label: label, evidence, ranks, section } = verdict
  const areRanks = section !== 'system'
  if (label === null && evidence.length === 0 && ranks.length === 0) return null
  return (
    <ul class="evidence">
      {label !== null && (
        <li title={confidence === null ? undefined : `Confidence ${formatRatio(confidence, 0)}`}>
          confidence <b>{label}</b>
        </li>
      )}
      {areRanks &&
        ranks.slice(0, 4).map((rank) => (
          <li key={rank}>
            <button type="button" class="link" onClick={() => choose({ rank })}>
              look at rank {rank}
            </button>
          </li>
        ))}
      {evidence.map((item) => (
        <EvidenceItem key={item.key} item={item} />
      ))}
    </ul>
  )
}

function EvidenceItem({ item }: { readonly item: LiveEvidence }): VNode {
  return (
    <li>
      {item.label} <b>{formatValue(item.value, item.unit)}</b>
    </li>
  )
}

function Progress(props: { readonly progress: LiveProgress; readonly run: LiveRun }): VNode {
  const { progress, run } = props
  const figures: Figure[] = []
  if (run.profile !== 'watch') {
    figures.push({
      label: 'Step',
      value: formatCount(progress.steps_completed),
      ...(progress.total_steps === null ? {} : { note: `of ${formatCount(progress.total_steps)}` }),
    })
    figures.push({ label: 'Steps/s', value: formatRate(progress.steps_per_s) })
    if (progress.samples_per_s !== null) {
      figures.push({ label: 'Samples/s', value: formatRate(progress.samples_per_s) })
    }
    if (progress.eta_s !== null && run.end === null) {
      figures.push({ label: 'Left', value: formatSpan(progress.eta_s) })
    }
  }
  figures.push({ label: run.end === null ? 'Running' : 'Ran', value: formatSpan(run.elapsed_s) })
  return (
    <div class="progress">
      <Figures figures={figures} />
      {progress.completed_ratio !== null && (
        <div class="progress-line">
          <Meter ratio={progress.completed_ratio} />
          <span class="quiet small">{formatRatio(progress.completed_ratio, 0)}</span>
        </div>
      )}
    </div>
  )
}
