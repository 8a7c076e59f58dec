import type {
  FinalSummary,
  RunFacts,
  RunStatus,
  SectionPayload,
  TopologyMode,
} from '@traceml/contracts'

/** The four sections that every report has. */
export type CoreSections = Pick<FinalSummary, 'system' | 'process' | 'step_time' | 'step_memory'>

function sectionList(sections: CoreSections): readonly SectionPayload[] {
  return [sections.system, sections.process, sections.step_time, sections.step_memory]
}

function runMode(sections: readonly SectionPayload[]): TopologyMode {
  const modes = sections.map((section) => section.metadata.mode)
  for (const mode of ['multi_node', 'single_node'] as const) {
    if (modes.includes(mode)) return mode
  }
  return 'no_data'
}

function worldSize(sections: readonly SectionPayload[]): number | null {
  const sizes = sections.flatMap((section) => {
    const rows = Object.values(section.groups.rows)
    return [
      section.metadata.global_ranks_seen,
      section.metadata.global_ranks_used,
      section.groups.by === 'global_rank' ? rows.length : null,
      ...rows.map((row) => row.identity.world_size),
    ].filter((size) => size !== null && size > 0)
  })
  return sizes.length === 0 ? null : sizes.reduce((a, b) => Math.max(a ?? 0, b ?? 0), 0)
}

function nodesObserved(sections: readonly SectionPayload[]): number | null {
  const nodes = new Set(
    sections
      .flatMap((section) => Object.values(section.groups.rows))
      .map((row) => row.identity.node_rank)
      .filter((rank) => rank !== null),
  )
  return nodes.size === 0 ? null : nodes.size
}

/** `meta` of the report: what kind of run it was, as far as the sections know. */
export function runMeta(sections: CoreSections, runName: string | null): FinalSummary['meta'] {
  const all = sectionList(sections)
  const mode = runMode(all)
  const world = worldSize(all)
  const { nodes_observed: nodes, gpus_observed: gpus } = sections.system.metadata
  return {
    run_name: runName,
    mode,
    world_size: world,
    nodes_observed: nodes ?? nodesObserved(all),
    gpus_observed: gpus ?? (mode === 'single_node' ? world : null),
  }
}

/** Seconds between the first and last sample, from the first section that knows; else null. */
export function runDuration(sections: CoreSections): number | null {
  const { step_time: stepTime, process: ranks, system } = sections
  return stepTime.metadata.duration_s ?? ranks.metadata.duration_s ?? system.metadata.duration_s
}

function largest(values: readonly (number | null | undefined)[]): number | null {
  let most: number | null = null
  for (const value of values) {
    if (value != null && (most === null || value > most)) most = value
  }
  return most
}

/** `run` of the report: what became of the run, and how old its newest numbers are at `now`. */
export function runFacts(sections: CoreSections, status: RunStatus | null, now: Date): RunFacts {
  const all = sectionList(sections)
  const newest = largest(all.map((section) => section.details?.newest_sample_ts_s))
  return {
    status,
    newest_sample_ts_s: newest,
    // Clocks of other hosts may be ahead.
    newest_sample_age_s: newest === null ? null : Math.max(0, now.getTime() / 1000 - newest),
    newest_step: largest(all.map((section) => section.metadata.training_latest_step)),
  }
}
