import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Store, type TelemetryHealth, TraceMLError } from '@traceml/contracts'
import type { AggregatorOptions, SummaryFiles } from '../options.js'
import type { SessionFiles } from '../session-files.js'
import { makeSnapshot } from './snapshot.js'

/** Makes the reports of one run. @internal */
export interface Reports {
  /** False: no history or no generator, so there is nothing to make. */
  readonly possible: boolean
  /** Writes the final report. @throws whatever the generator throws. */
  makeFinal(health: TelemetryHealth): Promise<SummaryFiles>
  /**
   * Writes a snapshot of the run so far; once the final report is there, names that one.
   *
   * @throws {TraceMLError} TRACEML_SUMMARY_UNAVAILABLE when no report is possible.
   */
  makeOnDemand(): Promise<{ readonly jsonPath: string; readonly textPath: string }>
}

/** What reports need of the aggregator. @internal */
export interface ReportsOptions {
  readonly files: SessionFiles
  readonly windowRows: number
  readonly historyEnabled: boolean
  readonly generateSummary: AggregatorOptions['generateSummary']
  /** Writes what was received so far. */
  flush(): Promise<void>
  openStore(): Promise<Store>
  /** Completeness of the run so far. */
  health(): TelemetryHealth
}

/** Creates the reports of a run. @internal */
export function createReports(options: ReportsOptions): Reports {
  const { files, generateSummary } = options
  const possible = options.historyEnabled && generateSummary !== undefined
  let finished = false

  const generate = (
    directory: string,
    final: boolean,
    health: TelemetryHealth,
  ): Promise<SummaryFiles> => {
    if (!possible || generateSummary === undefined) return Promise.reject(noSummary())
    return generateSummary({
      databasePath: files.database,
      sessionDirectory: directory,
      windowRows: options.windowRows,
      final,
      health,
      openStore: () => options.openStore(),
    })
  }

  return {
    possible,
    async makeFinal(health) {
      const made = await generate(files.directory, true, health)
      finished = true
      return made
    },
    async makeOnDemand() {
      if (finished && existsSync(files.summaryJson)) {
        return {
          jsonPath: files.summaryJson,
          textPath: join(files.directory, 'final_summary.txt'),
        }
      }
      if (!possible) throw noSummary()
      await options.flush()
      return makeSnapshot(files, (directory) => generate(directory, false, options.health()))
    },
  }
}

function noSummary(): TraceMLError {
  return new TraceMLError(
    'TRACEML_SUMMARY_UNAVAILABLE',
    'This aggregator keeps no history or makes no reports; start it with both to get a summary.',
  )
}
