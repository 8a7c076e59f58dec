import type { GpuSummary, LayerProfile } from '@traceml/contracts'

/** What a finding means to the reader: `good` and `neutral` are severities of `info`. */
export type Tier = 'crit' | 'warn' | 'info' | 'good' | 'neutral'

/** Section ids in the order in which they are shown. */
export const SECTION_IDS = ['step_time', 'step_memory', 'system', 'process'] as const

/** One of the four sections of every report. */
export type SectionId = (typeof SECTION_IDS)[number]

/** One finding as it is shown; null where the document does not say. */
export interface FindingView {
  readonly kind: string | null
  readonly status: string
  readonly tier: Tier
  readonly summary: string | null
  readonly action: string | null
  readonly ranks: readonly number[]
  /** Part of a typical step, 0 to 1. */
  readonly share: number | null
  readonly evidence: Readonly<Record<string, unknown>>
}

/** The finding on top of the report, and where it comes from. */
export interface VerdictView extends FindingView {
  readonly section: string | null
}

/** One rank or node. */
export interface RowView {
  /** Key in the document. */
  readonly id: string
  /** `r0` for a rank, `n0` for a node. */
  readonly label: string
  readonly hostname: string | null
  readonly nodeRank: number | null
  readonly metrics: Readonly<Record<string, number | null>>
}

/** A value and the row that it belongs to. */
export interface PointView {
  readonly value: number | null
  /** Id of the row; null when it is not known. */
  readonly idx: string | null
}

/** One quantity over the run; null where nothing was measured, one entry a bucket. */
export interface LineView {
  readonly typical: readonly (number | null)[]
  /** The row that is highest in each bucket; null when there is one row. */
  readonly worst: readonly (number | null)[] | null
  readonly low: readonly (number | null)[] | null
  readonly high: readonly (number | null)[] | null
}

/** Values over the run. */
export interface SeriesView {
  readonly axis: 'step' | 'seconds'
  /** Step, or seconds since the first bucket; ascending. */
  readonly at: readonly number[]
  readonly lines: Readonly<Record<string, LineView>>
}

/** One of the sections of a report. */
export interface SectionView {
  readonly id: string
  readonly title: string
  /** False when the document has no such section, or the section has no numbers. */
  readonly hasNumbers: boolean
  /** The first is the diagnosis; empty only when the document has none. */
  readonly findings: readonly FindingView[]
  readonly metricNames: readonly string[]
  readonly average: Readonly<Record<string, number | null>>
  readonly median: Readonly<Record<string, PointView>>
  readonly worst: Readonly<Record<string, PointView>>
  /** Ids that are numbers first, ascending. */
  readonly rows: readonly RowView[]
  readonly groupedBy: 'rank' | 'node'
  readonly stepsAnalyzed: number | null
  readonly samples: number | null
  readonly clock: string | null
  readonly series: SeriesView | null
  /** Largest single value of metrics whose value is a mean. */
  readonly peak: Readonly<Record<string, PointView>>
  /** The same by row id, then metric. */
  readonly rowPeaks: Readonly<Record<string, Readonly<Record<string, number | null>>>>
  /** By row id: step times of single steps, by the names of the document. */
  readonly spread: Readonly<Record<string, Readonly<Record<string, number | null>>>>
  readonly stepsPerSecond: number | null
  /** The GPUs of the run, by node and position; empty where none is named. */
  readonly gpus: readonly GpuSummary[]
  /** The section's own text card, for sections that nobody else can draw; null without one. */
  readonly card: string | null
}

/** The section of the layers with what each of them costs. */
export interface LayersView {
  readonly section: SectionView
  readonly profile: LayerProfile
}

/** What was lost on the way to the report. */
export interface TelemetryView {
  readonly stepsRecorded: number | null
  readonly stepsLost: number | null
  /** Microseconds that recording a step costs the training's thread. */
  readonly stepCostUs: number | null
  readonly notes: readonly string[]
}

/** What became of the run; null where the document does not say. */
export interface RunView {
  /** `completed`, `failed`, `interrupted` or `running`. */
  readonly status: string | null
  readonly newestStep: number | null
  /** Seconds from the newest measurement to the report. */
  readonly newestSampleAgeSeconds: number | null
}

/** A summary of any version as the surfaces draw it: typed, cleaned, missing parts null or empty. */
export interface ReportView {
  readonly schemaVersion: number | null
  readonly generatedAt: string | null
  readonly durationSeconds: number | null
  readonly runName: string | null
  readonly mode: string | null
  readonly worldSize: number | null
  readonly nodes: number | null
  readonly gpus: number | null
  readonly verdict: VerdictView | null
  /** What the compatible policies say; null when the verdict is theirs, or the document older. */
  readonly compatible: FindingView | null
  readonly sections: Readonly<Record<SectionId, SectionView>>
  /** Null for runs that were not profiled that deeply. */
  readonly layers: LayersView | null
  /** Sections that others registered. */
  readonly extraSections: readonly SectionView[]
  readonly run: RunView
  readonly telemetry: TelemetryView | null
}
