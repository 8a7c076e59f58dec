import type { Evidence, Issue, LayerProfile, Rule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { LayersPolicy } from '../policy.js'
import type { LayersText } from '../texts.js'

/** A rule of the layers domain; evaluated once a profile. */
export type LayersRule = Rule<LayerProfile, LayersPolicy>

/** Layers of a profile, those beyond its entries included. */
export function countLayers({ entries, other }: LayerProfile): number {
  return entries.length + (other?.layers ?? 0)
}

/** Makes a finding of the layers domain: something to know, never a fault by itself. */
export function layersIssue(init: {
  readonly kind: string
  readonly status: string
  readonly metric: string
  readonly phase: string | null
  readonly score: number
  readonly skewRatio?: number | null
  readonly ranks?: readonly number[]
  readonly evidence: Evidence
  readonly text: LayersText
}): Issue {
  const { text, skewRatio = null, ...fields } = init
  return createIssue({ ...fields, ...text, severity: 'info', skew_pct: skewRatio })
}
