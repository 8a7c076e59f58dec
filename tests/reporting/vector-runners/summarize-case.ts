import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FinalSummary, SectionPayload } from '@traceml/contracts'
import { resolvePolicies } from '@traceml/diagnostics'
import { createSections, type GenerateSummaryOptions, generateSummary } from '@traceml/reporting'
import { readRunName } from '@traceml/reporting/node'
import { openStore } from '@traceml/storage/better-sqlite3'

/** The vectors hold what the existing implementation says. */
const compatible = createSections(resolvePolicies('compatible'))

export interface SummaryCase {
  readonly summary_window_rows: number
  readonly about: string
  /** Medians for which either of two equally near rows may stand. */
  readonly unstable_paths: readonly string[]
}

/** Reads a JSON file of a case. */
export function readCaseFile<T>(folder: string, file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T
}

/** Generates the report of the recorded history of a case. */
export async function summarizeCase(
  folder: string,
  options: Partial<GenerateSummaryOptions> = {},
): Promise<FinalSummary> {
  const { summary_window_rows: windowRows } = readCaseFile<SummaryCase>(folder, 'case.json')
  // A copy: opening a database may leave files beside it.
  const scratch = mkdtempSync(join(tmpdir(), 'traceml-summary-'))
  const database = join(scratch, 'telemetry')
  copyFileSync(join(folder, 'telemetry'), database)
  const store = openStore(database)
  try {
    return await generateSummary({
      store,
      sections: compatible,
      windowRows,
      runName: await readRunName(folder),
      now: new Date(0),
      ...options,
    })
  } finally {
    await store.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}

function publishedSection(section: SectionPayload): SectionPayload {
  const { details: _, ...published } = section
  return published
}

/** A report without the keys that this project adds; other readers ignore them. */
export function withoutOurKeys(summary: FinalSummary): FinalSummary {
  const {
    telemetry: _t,
    extra_sections: _e,
    run: _r,
    compatible_diagnosis: _c,
    outlook: _o,
    ...published
  } = summary
  return {
    ...published,
    system: publishedSection(summary.system),
    process: publishedSection(summary.process),
    step_time: publishedSection(summary.step_time),
    step_memory: publishedSection(summary.step_memory),
  }
}
