import type { Issue, SectionPayload, SummarySection } from '@traceml/contracts'

/** What makes one fallback payload different from another. */
export interface FallbackOptions extends Pick<SummarySection, 'title' | 'indexBy'> {
  /** One sentence: why the section has no numbers. */
  readonly summary: string
  /** One sentence: where to look. */
  readonly action: string
}

/**
 * The payload of a section that has nothing to say: it could not be built, or does not exist.
 * Every number is null, the one issue is `NO_DATA`.
 */
export function fallbackPayload(options: FallbackOptions): SectionPayload {
  const issue: Issue = {
    kind: 'NO_DATA',
    status: 'NO DATA',
    severity: 'info',
    summary: options.summary,
    action: options.action,
    metric: null,
    phase: null,
    score: null,
    share_pct: null,
    skew_pct: null,
    ranks: [],
    evidence: {},
  }
  return {
    metadata: {
      mode: 'no_data',
      duration_s: null,
      samples: 0,
      nodes_expected: null,
      nodes_observed: null,
      nodes_coverage: null,
      nodes_partial: null,
      gpus_observed: null,
      global_ranks_seen: null,
      global_ranks_used: null,
      training_total_steps: null,
      training_latest_step: null,
      section_metric_names: [],
    },
    diagnosis: issue,
    issues: [issue],
    global: {
      index_by: options.indexBy,
      window: {
        kind: 'sample_window',
        alignment: 'none',
        samples: 0,
        steps_analyzed: null,
        start_step: null,
        end_step: null,
        completed_step: null,
        window_size: null,
      },
      average: {},
      median: {},
      worst: {},
    },
    groups: { by: options.indexBy, rows: {} },
    units: {},
    card: `${options.title}\nunavailable: ${options.summary}`,
  }
}
