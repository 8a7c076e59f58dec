import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errorMessage, type Logger } from '@traceml/contracts'

/** Absolute paths of the files that the aggregator reads and writes. */
export interface SessionFiles {
  readonly directory: string
  readonly database: string
  readonly summaryJson: string
  readonly warning: string
  readonly error: string
  readonly request: string
  readonly response: string
  readonly snapshotJson: string
  readonly snapshotText: string
  /** Scratch folder of a snapshot that is being made. */
  readonly snapshotScratch: string
}

/** The files of a session folder; nothing is touched. */
export function sessionFiles(sessionDirectory: string): SessionFiles {
  const directory = resolve(sessionDirectory)
  const inside = (...parts: string[]): string => join(directory, ...parts)
  return {
    directory,
    database: inside('aggregator', 'telemetry'),
    summaryJson: inside('final_summary.json'),
    warning: inside('aggregator', 'finalization_warning.json'),
    error: inside('aggregator', 'finalization_error.json'),
    request: inside('control', 'final_summary_request.json'),
    response: inside('control', 'final_summary_response.json'),
    snapshotJson: inside('control', 'summary_snapshot.json'),
    snapshotText: inside('control', 'summary_snapshot.txt'),
    snapshotScratch: inside('control', 'snapshot_in_progress'),
  }
}

const LEFT_BY_A_RUN = [
  'aggregator/telemetry',
  'aggregator/telemetry-wal',
  'aggregator/telemetry-shm',
  'aggregator/telemetry_summary_card.json',
  'aggregator/telemetry_summary_card.txt',
  'aggregator/finalization_warning.json',
  'aggregator/finalization_error.json',
  'control/final_summary_request.json',
  'control/final_summary_response.json',
  'control/summary_snapshot.json',
  'control/summary_snapshot.txt',
  'final_summary.json',
  'final_summary.txt',
  'final_summary.html',
]

/**
 * Moves what an earlier run left in the folder to `previous-<n>/`, so that two runs never mix and
 * an old report is never taken for this one's. Returns that folder, or null when there was nothing.
 *
 * @throws the error of the file system.
 */
function setEarlierRunAside(sessionDirectory: string): string | null {
  const directory = resolve(sessionDirectory)
  const present = LEFT_BY_A_RUN.filter((name) => existsSync(join(directory, name)))
  if (!present.some((name) => name === 'aggregator/telemetry' || name === 'final_summary.json')) {
    return null
  }
  let number = 1
  while (existsSync(join(directory, `previous-${number}`))) number += 1
  const target = join(directory, `previous-${number}`)
  mkdirSync(join(target, 'aggregator'), { recursive: true })
  mkdirSync(join(target, 'control'), { recursive: true })
  for (const name of present) renameSync(join(directory, name), join(target, name))
  return target
}

/**
 * Makes the folder of the history and sets an earlier run aside. A folder that cannot be used is
 * logged only: the history will say the same, and receiving goes on. @internal
 */
export function prepareSessionFolder(files: SessionFiles, logger: Logger): void {
  try {
    const aside = setEarlierRunAside(files.directory)
    if (aside !== null) logger.warn(`an earlier run of this name was moved to ${aside}`)
    mkdirSync(dirname(files.database), { recursive: true })
  } catch (error) {
    logger.error('the session folder cannot be used', {
      path: files.directory,
      error: errorMessage(error),
    })
  }
}
