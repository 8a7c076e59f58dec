import type { ComparableSummary } from '@traceml/contracts'
import { SchemaError } from '@traceml/contracts'
import { asRecord, hasSection } from './read.js'

/** Sections that a summary must have to be compared, in the order of the check. */
const REQUIRED_SECTIONS = ['system', 'process', 'step_time', 'step_memory'] as const

function invalid(source: string, problem: string, advice: string, reason: string): SchemaError {
  return new SchemaError('TRACEML_SCHEMA_INVALID', `${source} ${problem}; ${advice}.`, {
    details: { source, reason },
  })
}

/**
 * Checks that a parsed JSON value is a run summary that can be compared, and returns it.
 *
 * Any schema version and unknown keys are accepted; a section may be empty.
 *
 * @param value - What `JSON.parse` of a `final_summary.json` gave.
 * @param source - Path or name for error messages.
 * @throws {SchemaError} `TRACEML_SCHEMA_INVALID`; `details.reason` is `not_object`,
 * `no_schema_version` or `missing_section:<name>`.
 */
export function parseComparable(value: unknown, source: string): ComparableSummary {
  const summary = asRecord(value)
  if (summary === null) {
    const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`
    throw invalid(
      source,
      `holds ${found} instead of a JSON object`,
      'give the final_summary.json of a finished run',
      'not_object',
    )
  }
  if (summary['schema_version'] === null || summary['schema_version'] === undefined) {
    throw invalid(
      source,
      'has no "schema_version"',
      'give the final_summary.json of a finished run, not a manifest or a comparison',
      'no_schema_version',
    )
  }
  for (const section of REQUIRED_SECTIONS) {
    if (!hasSection(summary, section)) {
      throw invalid(
        source,
        `has no "${section}" section`,
        'it is incomplete, so use the file that the end of a run writes',
        `missing_section:${section}`,
      )
    }
  }
  return summary
}
