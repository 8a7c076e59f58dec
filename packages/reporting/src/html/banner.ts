import { formatFixed } from '@traceml/analysis'
import type { SummaryOutlook } from '@traceml/contracts'
import { numberOf, partAt } from '../view/parts.js'
import type { FindingView, ReportView, Tier, VerdictView } from '../view/report-view.js'
import { sectionLabel } from './labels.js'
import { type Html, html } from './tag.js'
import { grouped, htmlValue } from './values.js'

const TIER_WORDS: Readonly<Record<Tier, string>> = {
  crit: 'Critical',
  warn: 'Warning',
  info: 'Info',
  good: 'Good',
  neutral: 'No data',
}

/** A finding's weight as a small badge. */
export function badge(tier: Tier): Html {
  return html`<span class="badge ${tier}">${TIER_WORDS[tier]}</span>`
}

/** How sure a robust verdict is, and what it left out. */
function basis(finding: FindingView | undefined): Html | null {
  if (finding === undefined) return null
  const confidence = numberOf(finding.evidence['confidence'])
  const excluded = partAt(finding.evidence, 'excluded_steps')
  const [warmup, slow] = [
    numberOf(excluded['warmup_steps']) ?? 0,
    numberOf(excluded['outlier_steps']) ?? 0,
  ]
  const left = [
    ...(warmup > 0 ? [`${grouped(warmup, 0)} warm-up`] : []),
    ...(slow > 0 ? [`${grouped(slow, 0)} isolated slow`] : []),
  ]
  const sentences = [
    ...(confidence === null ? [] : [`Confidence ${formatFixed(100 * confidence, 0)}%.`]),
    ...(left.length === 0
      ? []
      : [
          `Left out of the verdict: ${left.join(' and ')} ${warmup + slow === 1 ? 'step' : 'steps'}.`,
        ]),
  ]
  return sentences.length === 0 ? null : html`<p class="quiet">${sentences.join(' ')}</p>`
}

function noVerdict(): Html {
  return html`<section class="verdict neutral" aria-labelledby="verdict"><p class="eyebrow">Verdict ${badge('neutral')}</p><h2 id="verdict">NO DATA</h2><p class="lead">This summary holds no diagnosis.</p></section>`
}

/** The verdict with its reason, the next step, and what that would buy. */
export function verdictBanner(report: ReportView, outlook: SummaryOutlook): Html {
  const { verdict } = report
  if (verdict === null) return noVerdict()
  const source =
    verdict.section === null
      ? null
      : html` <span class="quiet">from ${sectionLabel(verdict.section)}</span>`
  return html`<section class="verdict ${verdict.tier}" aria-labelledby="verdict"><p class="eyebrow">Verdict ${badge(verdict.tier)}${source}</p><h2 id="verdict">${verdict.status}</h2><p class="lead">${verdict.summary ?? verdict.status}</p>${verdict.action === null ? null : html`<p><strong>Next.</strong> ${verdict.action}</p>`}${basis(basisFinding(report, verdict))}${compatible(report, verdict)}${gains(outlook)}</section>`
}

/** What existing reports would say, where that is something else. */
function compatible({ compatible: finding }: ReportView, verdict: VerdictView): Html | null {
  if (finding === null || finding.kind === verdict.kind || verdict.section !== 'step_time')
    return null
  return html`<p class="quiet">The compatible policies, as existing reports use them, say ${finding.status}.</p>`
}

/** The finding of the section that the verdict was taken from. */
function basisFinding(report: ReportView, verdict: VerdictView): FindingView | undefined {
  return report.sections.step_time.findings.find((finding) => finding.kind === verdict.kind)
}

function speedup(now: number, then: number): string {
  return then > 0 && now / then >= 1.05
    ? `${grouped(now / then, now / then < 10 ? 1 : 0)}× as fast`
    : ''
}

function gains(outlook: SummaryOutlook): Html | null {
  const { estimates, measure_next: measure } = outlook
  if (estimates.length === 0 && measure === null) return null
  return html`<div class="outlook"><h3>What would it buy?</h3>${estimates.map((estimate) => {
    const { step_time_ms: now, estimated_step_time_ms: then } = estimate
    const faster = speedup(now, then)
    return html`<div class="gain"><p class="figure"><span>${htmlValue('x_ms', now)}</span> <span aria-hidden="true">→</span><span class="unseen"> to </span> <strong>${htmlValue('x_ms', then)}</strong></p><div><p>a step, if ${estimate.scenario}: ${grouped(100 * estimate.saved_share, 1)}% less time${faster === '' ? null : `, ${faster}`}.</p><p class="quiet">${estimate.assumption}</p></div></div>`
  })}${measure === null ? null : html`<p class="quiet">${measure}</p>`}</div>`
}
