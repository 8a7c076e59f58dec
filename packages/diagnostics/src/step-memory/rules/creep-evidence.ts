import type { Evidence } from '@traceml/contracts'
import type { StepMemoryPolicy } from '../policy.js'
import type { CreepEvidence } from '../signals.js'
import { creepLiveNote, creepSummaryNote } from '../texts.js'

/** Returns the numbers that both creep findings publish. */
export function creepIssueEvidence(creep: CreepEvidence, view: StepMemoryPolicy['view']): Evidence {
  return {
    overall_abs_delta_bytes: creep.overallAbsDeltaBytes,
    overall_worst_growth_pct: creep.overallWorstGrowthRatio,
    overall_median_growth_pct: creep.overallMedianGrowthRatio,
    note: view === 'live' ? creepLiveNote(creep) : creepSummaryNote(creep),
    ...(creep.byRank === null
      ? {}
      : {
          confidence: creep.byRank.confidence,
          growth_bytes_per_step: creep.avgGrowthBytesPerStep,
          steps_to_capacity: creep.byRank.stepsToCapacity,
        }),
  }
}
