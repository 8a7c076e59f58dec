import type { LiveIssue, LiveVerdict } from '@traceml/contracts'

/** What the computation of a section gives, apart from its age. @internal */
export interface SectionResult<Body> {
  readonly verdict: LiveVerdict | null
  readonly issues: readonly LiveIssue[]
  readonly body: Body
}
