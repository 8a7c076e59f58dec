import type {
  FinalSummary,
  JsonObject,
  Logger,
  PrimaryDiagnosis,
  RunStatus,
  SectionContext,
  SectionPayload,
  Store,
  SummarySection,
} from '@traceml/contracts'
import { InputError, noopLogger, SUMMARY_SCHEMA_VERSION } from '@traceml/contracts'
import { selectPrimaryDiagnosis } from '@traceml/diagnostics'
import { estimateOutlook } from './estimate/outlook.js'
import { leadingDiagnosis } from './leading-diagnosis.js'
import type { CoreSections } from './run-meta.js'
import { runDuration, runFacts, runMeta } from './run-meta.js'
import { defaultSections } from './sections/default-sections.js'
import { fallbackPayload } from './sections/fallback.js'
import { runSection } from './sections/run-section.js'
import type { TelemetryFacts } from './telemetry-health.js'
import { describeTelemetry } from './telemetry-health.js'
import { renderTextCard } from './text/card.js'
import { readReport } from './view/read-report.js'

/** Options of {@link generateSummary}. */
export interface GenerateSummaryOptions {
  /** History of the run; stays open. */
  readonly store: Store
  /** Default {@link defaultSections}; a built-in id replaces that section. */
  readonly sections?: readonly SummarySection[]
  /** Newest rows or steps per rank or node to read, ≥ 1. */
  readonly windowRows: number
  /** Name to show, null when the run has none. */
  readonly runName: string | null
  /** What is known about the delivery of telemetry; left out of the report when absent. */
  readonly health?: TelemetryFacts
  /** What became of the run; `running` for a snapshot. Default: not known. */
  readonly status?: RunStatus
  /** Time of the report, for `generated_at`. */
  readonly now: Date
  /** Where failures of sections go. Default: nowhere. */
  readonly logger?: Logger
}

const CORE_SECTIONS = ['system', 'process', 'step_time', 'step_memory'] as const
/** Sections with a key of their own in the document, the one that not every run has included. */
const OWN_KEYS: readonly string[] = [...CORE_SECTIONS, 'layers']

function absentSection(id: (typeof CORE_SECTIONS)[number]): SectionPayload {
  const known = defaultSections.find((section) => section.id === id)
  return fallbackPayload({
    title: known?.title ?? id,
    indexBy: known?.indexBy ?? 'global_rank',
    summary: `The ${id} section was left out of this report.`,
    action: 'Add the section to the list of sections to see it.',
  })
}

/** The verdict that the compatible policies come to, where the sections have it. */
function compatibleVerdict(core: CoreSections): {
  readonly compatible_diagnosis?: PrimaryDiagnosis
} {
  const { step_time: stepTime, system } = core
  const diagnosis = stepTime.details?.compatible_diagnosis
  if (diagnosis === undefined) return {}
  const judged = { ...stepTime, diagnosis, issues: [diagnosis] }
  return { compatible_diagnosis: selectPrimaryDiagnosis({ step_time: judged, system }) }
}

async function runSections(
  sections: readonly SummarySection[],
  context: SectionContext,
): Promise<ReadonlyMap<string, SectionPayload>> {
  const payloads = new Map<string, SectionPayload>()
  // One after the other: each reads a whole window, and memory matters more than time here.
  for (const section of sections) {
    const payload = await runSection(section, context)
    if (payload !== null) payloads.set(section.id, payload)
  }
  return payloads
}

/**
 * Reads the history of a run and returns its report.
 *
 * A section that fails is replaced by one that says so; only a wrong option makes this throw.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` when `windowRows` is not a whole number from 1.
 * @example
 * ```ts
 * const summary = await generateSummary({ store, windowRows: 10_000, runName: 'demo', now: new Date() })
 * console.log(summary.text)
 * ```
 */
export async function generateSummary(options: GenerateSummaryOptions): Promise<FinalSummary> {
  const { store, windowRows, logger = noopLogger, sections = defaultSections } = options
  if (!Number.isSafeInteger(windowRows) || windowRows < 1) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `windowRows is ${String(windowRows)}; give a whole number from 1.`,
    )
  }
  const payloads = await runSections(sections, { store, windowRows, logger })
  const core: CoreSections = {
    system: payloads.get('system') ?? absentSection('system'),
    process: payloads.get('process') ?? absentSection('process'),
    step_time: payloads.get('step_time') ?? absentSection('step_time'),
    step_memory: payloads.get('step_memory') ?? absentSection('step_memory'),
  }
  const candidates = sections.flatMap(({ id, leads }) => {
    const payload = leads === true ? payloads.get(id) : undefined
    return payload === undefined ? [] : [{ section: id, diagnosis: payload.diagnosis }]
  })
  const layers = payloads.get('layers')
  const extra = sections.flatMap(({ id, title }) => {
    const payload = OWN_KEYS.includes(id) ? undefined : payloads.get(id)
    return payload === undefined ? [] : [[id, { title, ...payload }] as const]
  })
  const summary: FinalSummary = {
    schema_version: SUMMARY_SCHEMA_VERSION,
    generated_at: options.now.toISOString(),
    duration_s: runDuration(core),
    meta: runMeta(core, options.runName),
    primary_diagnosis: leadingDiagnosis(core, candidates),
    ...core,
    text: '',
    run: runFacts(core, options.status ?? null, options.now),
    ...compatibleVerdict(core),
    ...(options.health === undefined ? {} : { telemetry: describeTelemetry(options.health) }),
    ...(layers === undefined ? {} : { layers }),
    ...(extra.length === 0
      ? {}
      : {
          extra_sections: Object.fromEntries(extra) as unknown as Record<string, JsonObject>,
        }),
  }
  const complete = { ...summary, outlook: estimateOutlook(readReport(summary)) }
  return { ...complete, text: renderTextCard(complete) }
}
