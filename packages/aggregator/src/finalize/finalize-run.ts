import { existsSync } from 'node:fs'
import { errorMessage, type Logger, type TelemetryHealth } from '@traceml/contracts'
import type { HistoryFinalize, HistoryStats } from '../history/history-port.js'
import type { FinalizeResult, SummaryFiles } from '../options.js'
import { writeErrorFile, writeWarningFile } from './result-files.js'

/** The parts of an aggregator that the end of a run needs. @internal */
export interface FinalizeParts {
  /** Waits for the ranks; false when the deadline came first. */
  settle(): Promise<boolean>
  /** Writes what was received, acknowledges it and closes the sockets. */
  stopReceiving(): Promise<void>
  closeHistory(): Promise<HistoryFinalize>
  /** Null: no report is wanted. */
  readonly generate: ((health: TelemetryHealth) => Promise<SummaryFiles>) | null
  health(): TelemetryHealth
  historyStats(): HistoryStats
  wallSeconds(): number
  readonly files: { readonly summaryJson: string; readonly warning: string; readonly error: string }
  readonly logger: Logger
}

/** Ends a run step by step; a step that fails never keeps the next from being tried. @internal */
export async function finalizeRun(parts: FinalizeParts): Promise<FinalizeResult> {
  const enabled = parts.historyStats().enabled
  const warnings: string[] = []
  if (enabled) await parts.settle()
  await parts.stopReceiving()
  const storage = enabled ? await parts.closeHistory() : null
  const health = parts.health()
  const missing = enabled ? health.missing_ranks : []
  if (missing.length > 0) {
    warnings.push(
      `Waiting for all ranks ended without ${missing.join(', ')}: ${health.finished_ranks.length} of ${health.expected_ranks} finished.`,
    )
  }
  if (storage !== null && !storage.prune_ok) {
    warnings.push(
      `The history was written and closed, but its last retention pass failed: ${storage.prune_error}`,
    )
  }
  const dropped = parts.historyStats().framesDropped
  if (dropped > 0 && storage?.ok === true) {
    warnings.push(`${dropped} messages were received and could not be stored.`)
  }

  const made = await makeSummary(parts, health)
  const errors: string[] = []
  if (storage !== null && !storage.ok) {
    errors.push(`The SQLite history did not finalize: ${storage.error}`)
  }
  if (made.error !== null) {
    if (existsSync(parts.files.summaryJson)) warnings.push(`The report raised: ${made.error}`)
    else errors.push(`The report could not be made: ${made.error}`)
  }
  const error = errors.length === 0 ? null : errors.join(' ')

  await guard(parts, async () => {
    if (error === null) return
    await writeErrorFile(parts.files.error, parts.wallSeconds(), {
      error,
      expected: health.expected_ranks ?? 0,
      finished: health.finished_ranks,
      storage,
      history: parts.historyStats(),
    })
  })
  await guard(parts, async () => {
    if (warnings.length === 0) return
    await writeWarningFile(parts.files.warning, parts.wallSeconds(), {
      messages: warnings,
      ranks:
        missing.length === 0
          ? null
          : { expected: health.expected_ranks ?? 0, finished: health.finished_ranks, missing },
      storage: storage !== null && !storage.prune_ok ? storage : null,
      summaryError: error === null ? made.error : null,
    })
  })
  return { ok: error === null, error, warnings, summary: made.files, health, storage }
}

async function makeSummary(
  parts: FinalizeParts,
  health: TelemetryHealth,
): Promise<{ readonly files: SummaryFiles | null; readonly error: string | null }> {
  if (parts.generate === null) return { files: null, error: null }
  try {
    return { files: await parts.generate(health), error: null }
  } catch (error) {
    return { files: null, error: errorMessage(error) }
  }
}

/** A folder that cannot be written must not hide how the run ended. */
async function guard(parts: FinalizeParts, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    parts.logger.error('a result file of the run could not be written', {
      error: errorMessage(error),
    })
  }
}
