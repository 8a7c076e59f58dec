import type { Issue, SectionDetails } from '@traceml/contracts'

/**
 * What the compatible policies say, beside a diagnosis of other policies.
 *
 * @param issues - Theirs, the leading one first; null when the diagnosis is theirs already.
 */
export function compatibleDetails(
  issues: readonly Issue[] | null,
): Pick<SectionDetails, 'compatible_diagnosis'> {
  const [diagnosis] = issues ?? []
  return diagnosis === undefined ? {} : { compatible_diagnosis: diagnosis }
}
