import type { StepTimeWindow } from '@traceml/analysis'
import type { LiveStepMemoryResult } from '../step-memory/diagnose-live.js'
import type { StepTimeDiagnosis } from '../step-time/result.js'
import type { ModelDiagnosticItem } from './payload.js'

/** What the domains of the live view are built from: verdicts that were already made. */
export interface ModelDiagnosticsContext {
  /** Null before the first diagnosis; `window` is null when there is none behind it. */
  readonly stepTime: {
    readonly diagnosis: StepTimeDiagnosis
    readonly window: StepTimeWindow | null
  } | null
  /** Null when the memory rows could not be read. */
  readonly stepMemory: LiveStepMemoryResult | null
}

/** One domain of the live view. */
export interface ModelDiagnosticDomain {
  /** Key of the domain, for example `step_time`. */
  readonly source: string
  readonly title: string
  /** Returns the domain's item, or null for none. May throw: then the item says so. */
  build(context: ModelDiagnosticsContext): ModelDiagnosticItem | null
}
