import type { LiveFreshness, LiveVerdict } from '@traceml/contracts'
import type { ComponentChildren, VNode } from 'preact'
import { FreshnessChip } from './freshness-chip.js'

/** A part of the page with a title and an age. */
export interface CardProps {
  readonly id: string
  readonly title: string
  /** Beside the title, quiet. */
  readonly detail?: ComponentChildren
  readonly freshness: LiveFreshness | null
  readonly verdict?: LiveVerdict | null
  readonly error?: string | null
  readonly children: ComponentChildren
}

/** A surface; what it says of itself comes first, then what it shows. */
export function Card(props: CardProps): VNode {
  const { id, title, detail, freshness, verdict = null, error = null, children } = props
  return (
    <section class="card" id={id} aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {detail !== undefined && <span class="quiet small">{detail}</span>}
        <FreshnessChip freshness={freshness} />
      </header>
      {error !== null && (
        <p class="notice crit" role="status">
          {error}
        </p>
      )}
      {verdict !== null && <CardVerdict verdict={verdict} />}
      {children}
    </section>
  )
}

function CardVerdict({ verdict }: { readonly verdict: LiveVerdict }): VNode {
  return (
    <p class={`finding ${verdict.tone}`}>
      <strong>{verdict.status}</strong> {verdict.summary}
      {verdict.action !== '' && <span class="quiet"> {verdict.action}</span>}
    </p>
  )
}

/** What stands in a card instead of numbers that are not there. */
export function Nothing({ children }: { readonly children: ComponentChildren }): VNode {
  return <p class="nothing quiet">{children}</p>
}
