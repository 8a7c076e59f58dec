import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { FinalizedReport } from '../aggregator/ipc.js'
import { writeStream } from './streams.js'

/**
 * Prints the report of a run, the files that were written and the command that comes next.
 *
 * On stdout in a terminal; on stderr when stdout is a pipe or a file, which then holds the output
 * of the training and nothing else.
 */
export async function printReport(
  report: FinalizedReport,
  place: { readonly sessionPath: string; readonly cwd: string },
): Promise<void> {
  if (report.text === null) return
  const stream = process.stdout.isTTY === true ? process.stdout : process.stderr
  const files = [report.jsonPath, report.textPath]
    .filter((path) => path !== null)
    .map((path) => shortPath(path, place.cwd))
  const lines = [
    '',
    report.text.trimEnd(),
    '',
    ...files.map((file, index) => `${index === 0 ? 'Written:' : '        '} ${file}`),
    ...(files.length > 0 ? [`Next:    ${nextCommand(place.sessionPath, place.cwd)}`] : []),
  ]
  await writeStream(stream, `${lines.join('\n')}\n`)
}

/** A path as it is best typed from `cwd`: relative when that is inside it. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

/** The comparison with the newest other run of the same folder, or with the run to come. */
function nextCommand(sessionPath: string, cwd: string): string {
  const earlier = newestOtherRun(sessionPath)
  const current = shortPath(sessionPath, cwd)
  return earlier === null
    ? `change one thing, run again, then: traceml compare ${current} <the new run>`
    : `traceml compare ${shortPath(earlier, cwd)} ${current}`
}

/** How many folders are looked at, so that thousands of old runs cost nothing. */
const MAX_FOLDERS = 200

function newestOtherRun(sessionPath: string): string | null {
  const logsDir = dirname(sessionPath)
  try {
    const summaries = readdirSync(logsDir)
      .filter((name) => name !== basename(sessionPath))
      .slice(-MAX_FOLDERS)
      .map((name) => {
        const path = join(logsDir, name)
        const stats = statSync(join(path, 'final_summary.json'), { throwIfNoEntry: false })
        return { path, time: stats?.mtimeMs ?? null }
      })
    const newest = summaries
      .filter((summary) => summary.time !== null)
      .toSorted((a, b) => (b.time ?? 0) - (a.time ?? 0) || (a.path < b.path ? -1 : 1))[0]
    return newest?.path ?? null
  } catch {
    return null
  }
}
