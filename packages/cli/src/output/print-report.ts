import type { FinalizedReport } from '../aggregator/ipc.js'
import { forTerminal } from './for-terminal.js'
import { nextCommand, shortPath } from './next-command.js'
import { writeStream } from './streams.js'

/** What a report is about, as far as its reader must be told. */
export interface ReportPlace {
  readonly sessionPath: string
  readonly cwd: string
  /** How the training ended when it did not end well, without a stop: `exit code 3`; else null. */
  readonly ending: string | null
}

/**
 * Prints the report of a run, the files that were written and the command that comes next.
 *
 * On stdout in a terminal; on stderr when stdout is a pipe or a file, which then holds the output
 * of the training and nothing else. A training that failed before its first step has nothing to
 * report that is worth pushing its error off the screen.
 */
export async function printReport(report: FinalizedReport, place: ReportPlace): Promise<void> {
  if (report.text === null) return
  const stream = process.stdout.isTTY === true ? process.stdout : process.stderr
  await writeStream(stream, `${reportLines(report, place, stream).join('\n')}\n`)
}

function reportLines(
  report: FinalizedReport,
  place: ReportPlace,
  stream: NodeJS.WriteStream,
): readonly string[] {
  const { ending } = place
  const files = [report.jsonPath, report.textPath, report.htmlPath]
    .filter((path) => path !== null)
    .map((path) => shortPath(path, place.cwd))
  const written = files.map((file, index) => `${index === 0 ? 'Written:' : '        '} ${file}`)
  if (ending !== null && report.stepsRecorded === 0) {
    return ['', `Ended:   ${ending}, before a step was recorded`, ...written]
  }
  const card = report.text?.trimEnd() ?? ''
  return [
    '',
    forTerminal(card, stream),
    '',
    ...written,
    ...(ending === null ? [] : [`Ended:   ${ending}; the report covers what came before`]),
    ...(files.length > 0 && ending === null
      ? [`Next:    ${nextCommand(place.sessionPath, place.cwd)}`]
      : []),
  ]
}
