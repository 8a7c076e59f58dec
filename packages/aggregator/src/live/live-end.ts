import { existsSync } from 'node:fs'
import type { Clock, LiveEnd, LiveReport } from '@traceml/contracts'
import type { FinalizeOptions, FinalizeResult } from '../options.js'
import type { SessionFiles } from '../session-files.js'

/** How a run ended, as live views keep it. @internal */
export function liveEnd(
  request: FinalizeOptions,
  result: FinalizeResult,
  files: SessionFiles,
  clock: Clock,
): LiveEnd {
  const { summary } = result
  const reports: LiveReport[] =
    summary === null
      ? []
      : [
          { kind: 'text', path: summary.textPath },
          { kind: 'json', path: summary.jsonPath },
        ]
  if (existsSync(files.error)) reports.push({ kind: 'error', path: files.error })
  if (existsSync(files.warning)) reports.push({ kind: 'warning', path: files.warning })
  return {
    ended_at: clock.wallSeconds(),
    outcome: request.outcome ?? 'unknown',
    exit_code: request.exitCode ?? null,
    message: result.error ?? result.warnings[0] ?? null,
    reports,
  }
}
