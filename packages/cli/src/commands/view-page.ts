import { basename } from 'node:path'
import { errorMessage, InputError } from '@traceml/contracts'
import { renderHtmlReport } from '@traceml/reporting'
import { writeTextAtomically } from '@traceml/reporting/node'

/**
 * Writes a summary as a page and returns the page's path.
 *
 * @throws {InputError} TRACEML_INPUT_INVALID when it cannot be written there.
 */
export async function writePage(
  summary: object,
  summaryPath: string,
  pagePath: string,
): Promise<string> {
  try {
    await writeTextAtomically(
      pagePath,
      renderHtmlReport(summary, { source: basename(summaryPath) }),
    )
    return pagePath
  } catch (error) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `The page could not be written to "${pagePath}" (${errorMessage(error)}); give another path after --html.`,
      { cause: error, details: { path: pagePath } },
    )
  }
}
