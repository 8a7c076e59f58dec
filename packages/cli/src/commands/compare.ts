import { dirname, join, resolve } from 'node:path'
import {
  APPLICABLE_SIGNALS_POLICY,
  COMPATIBLE_COMPARE_POLICY,
  compareSummaries,
  labelsForPaths,
  parseComparable,
} from '@traceml/compare'
import type { PolicySetName } from '@traceml/diagnostics'
import { readSummaryFile } from '@traceml/reporting/node'
import { shortPath } from '../output/next-command.js'
import { forTerminal } from '../output/print-report.js'
import { writeStderr, writeStdout } from '../output/streams.js'
import { writeFileAtomically } from '../session/atomic-write.js'

/** A comparison as it was typed. */
export interface CompareRequest {
  readonly lhs: string
  readonly rhs: string
  /** Path of the files to write, with or without `.json` or `.txt`; null for the default. */
  readonly output: string | null
  /** `compatible`: the verdict needs step time and device memory, as existing reports do. */
  readonly policy: PolicySetName
  readonly cwd: string
}

/**
 * Compares two summaries: writes `<base>.json` and `<base>.txt` and prints the text on stdout, the
 * paths on stderr. Returns 0.
 *
 * @throws {SchemaError} TRACEML_SCHEMA_INVALID for a file that is missing or not a summary.
 */
export async function compare(request: CompareRequest): Promise<number> {
  const { cwd } = request
  const lhs = await readSummaryFile(request.lhs)
  const rhs = await readSummaryFile(request.rhs)
  const paths = { lhs: lhs.path, rhs: rhs.path }
  const labels = labelsForPaths(paths.lhs, paths.rhs)
  const document = compareSummaries(
    parseComparable(lhs.summary, lhs.path),
    parseComparable(rhs.summary, rhs.path),
    {
      now: new Date(),
      paths,
      labels,
      // Runs without a GPU have no peak device memory; that does not make them incomparable.
      policy:
        request.policy === 'compatible' ? COMPATIBLE_COMPARE_POLICY : APPLICABLE_SIGNALS_POLICY,
    },
  )
  const base = outputBase(request, `${labels.lhs}_vs_${labels.rhs}`)
  writeFileAtomically(`${base}.json`, `${JSON.stringify(document, null, 2)}\n`)
  writeFileAtomically(`${base}.txt`, `${document.text.trimEnd()}\n`)
  await writeStdout(`${forTerminal(document.text.trimEnd(), process.stdout)}\n`)
  await writeStderr(
    `\nWritten: ${shortPath(`${base}.json`, cwd)}\n         ${shortPath(`${base}.txt`, cwd)}\n`,
  )
  return 0
}

function outputBase({ output, cwd }: CompareRequest, name: string): string {
  if (output === null) return join(cwd, 'compare', name)
  const path = resolve(cwd, output)
  return join(dirname(path), path.slice(dirname(path).length + 1).replace(/\.(json|txt)$/, ''))
}
