import { selectPrimaryDiagnosis } from '@traceml/diagnostics'
import { compareDeep, type VectorOutcome } from './outcome.js'

interface PrimaryFile {
  readonly cases: readonly {
    readonly name: string
    readonly system: unknown
    readonly step_time: unknown
    readonly expected: unknown
  }[]
}

/**
 * Runs cases of the shape of `primary_diagnosis.json`: section payloads to the run's verdict. The
 * file blanks the two texts; the verdict must have them.
 */
export function runPrimaryVectors(json: unknown): VectorOutcome[] {
  return (json as PrimaryFile).cases.map(({ name, system, step_time, expected }) => {
    const verdict = selectPrimaryDiagnosis({ system, step_time })
    const hasTexts = verdict.summary !== '' && verdict.action !== ''
    const got = hasTexts ? { ...verdict, summary: null, action: null } : verdict
    return { name, ok: compareDeep(expected, got), expected, got }
  })
}
