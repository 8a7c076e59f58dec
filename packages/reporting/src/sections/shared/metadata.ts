import type { SectionMetadata } from '@traceml/contracts'

/** Metadata of a section: what is given, and null for every key that does not apply to it. */
export function sectionMetadata(
  known: Partial<SectionMetadata> & Pick<SectionMetadata, 'mode' | 'section_metric_names'>,
): SectionMetadata {
  return {
    mode: known.mode,
    duration_s: known.duration_s ?? null,
    samples: known.samples ?? null,
    nodes_expected: known.nodes_expected ?? null,
    nodes_observed: known.nodes_observed ?? null,
    nodes_coverage: known.nodes_coverage ?? null,
    nodes_partial: known.nodes_partial ?? null,
    gpus_observed: known.gpus_observed ?? null,
    global_ranks_seen: known.global_ranks_seen ?? null,
    global_ranks_used: known.global_ranks_used ?? null,
    training_total_steps: known.training_total_steps ?? null,
    training_latest_step: known.training_latest_step ?? null,
    section_metric_names: known.section_metric_names,
  }
}
