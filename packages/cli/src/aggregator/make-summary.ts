import {
  errorMessage,
  type Logger,
  type Profile,
  type RunStatus,
  type Store,
  type SummarySection,
  type TelemetryHealth,
} from '@traceml/contracts'
import type { PolicySetName } from '@traceml/diagnostics'
import type { FinalizedReport } from './ipc.js'
import { loadSections } from './load-sections.js'
import { watchSummary } from './watch-summary.js'

/** What the aggregator asks a report for. */
interface SummaryRequest {
  readonly sessionDirectory: string
  readonly windowRows: number
  /** False for a snapshot in the middle of the run. */
  readonly final: boolean
  readonly health: TelemetryHealth
  /** Opens the history for reading; it is closed when the summary is made. */
  openStore(): Promise<Store>
}

/** Makes summaries from a history and remembers the final one. */
export interface SummaryMaker {
  /** @throws when no summary can be made, or its files cannot be written. */
  generate(request: SummaryRequest): Promise<{
    readonly jsonPath: string
    readonly textPath: string
    readonly text: string
  }>
  /** Says what became of the run, before its final summary is made. */
  setStatus(status: RunStatus): void
  /** The final summary, also when only its files are missing; null before it. */
  last(): FinalizedReport | null
}

/** Loads what summaries need: 20 ms that are better spent while the training runs than at its end. */
export async function loadSummaryParts(): Promise<SummaryParts> {
  const [diagnostics, reporting, files, javascript] = await Promise.all([
    import('@traceml/diagnostics'),
    import('@traceml/reporting'),
    import('@traceml/reporting/node'),
    import('@traceml/javascript'),
  ])
  const { createJavaScriptSection } = javascript
  return { ...diagnostics, ...reporting, ...files, createJavaScriptSection }
}

type SummaryParts = typeof import('@traceml/diagnostics') &
  typeof import('@traceml/reporting') &
  typeof import('@traceml/reporting/node') &
  Pick<typeof import('@traceml/javascript'), 'createJavaScriptSection'>

/** A maker of summaries with the built-in sections. */
export function createSummaryMaker(options: {
  readonly runName: string
  readonly profile: Profile
  readonly policy: PolicySetName
  /** URLs of the modules with further sections. Default none. */
  readonly sectionModules?: readonly string[]
  /** Write the final report as a page, too. */
  readonly htmlReport: boolean
  readonly logger: Logger
}): SummaryMaker {
  const isWatch = options.profile === 'watch'
  let last: FinalizedReport | null = null
  let status: RunStatus | null = null
  let sections: Promise<readonly SummarySection[]> | null = null
  return {
    last: () => last,
    setStatus(ending) {
      status = ending
    },
    async generate(request) {
      const parts = await loadSummaryParts()
      sections ??= loadSections(options.sectionModules ?? [], options.logger)
      const own = await sections
      const health = isWatch ? withoutSteps(request.health) : request.health
      // The verdict of the compatible policies is that of existing reports.
      const javascript = parts.createJavaScriptSection({ leads: options.policy !== 'compatible' })
      const store = await request.openStore()
      try {
        const made = await parts.generateSummary({
          store,
          sections: [
            ...parts.createSections(parts.resolvePolicies(options.policy)),
            ...(isWatch ? [parts.processTreeSection] : [javascript]),
            ...own,
          ],
          windowRows: request.windowRows,
          runName: options.runName,
          health,
          ...statusOption(request.final ? status : 'running'),
          now: new Date(),
          logger: options.logger,
        })
        const summary = isWatch ? watchSummary(made, parts.renderTextCard) : made
        const { text } = summary
        const stepsRecorded = isWatch ? null : (health.steps_recorded ?? stepsOf(summary))
        try {
          const files = await parts.writeSummaryFiles(summary, request.sessionDirectory)
          const paths = { jsonPath: files.json, textPath: files.text }
          if (request.final) {
            const html = options.htmlReport ? () => parts.renderHtmlReport(summary) : null
            const htmlPath = await writePage(html, files.html, parts, options.logger)
            last = { text, ...paths, htmlPath, stepsRecorded, problem: null }
          }
          return { text, ...paths }
        } catch (error) {
          // The text can still be shown, and on a full disk that is all there will be.
          if (request.final) {
            const problem = errorMessage(error)
            last = { text, jsonPath: null, textPath: null, htmlPath: null, stepsRecorded, problem }
          }
          throw error
        }
      } finally {
        await store.close()
      }
    },
  }
}

/** Writes the page, if one was asked for; a page that cannot be made or written costs nothing else. */
async function writePage(
  render: (() => string) | null,
  path: string,
  files: Pick<SummaryParts, 'writeTextAtomically'>,
  logger: Logger,
): Promise<string | null> {
  if (render === null) return null
  try {
    await files.writeTextAtomically(path, render())
    return path
  } catch (error) {
    logger.warn(`The HTML report could not be written to "${path}": ${errorMessage(error)}.`)
    return null
  }
}

function statusOption(status: RunStatus | null): { readonly status?: RunStatus } {
  return status === null ? {} : { status }
}

/** Steps in the window of the step-time section, null where it does not say. */
function stepsOf(summary: { readonly step_time: unknown }): number | null {
  type Section = { readonly global?: { readonly window?: { readonly steps_analyzed?: unknown } } }
  const steps = (summary.step_time as Section).global?.window?.steps_analyzed
  return typeof steps === 'number' ? steps : null
}

/** No steps are no loss where none were to be recorded. */
function withoutSteps(health: TelemetryHealth): TelemetryHealth {
  const note =
    'Watched only: host and process were recorded, steps were not; traceml run times them.'
  return { ...health, steps_recorded: null, notes: [...health.notes, note] }
}
