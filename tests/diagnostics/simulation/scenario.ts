import type { Random } from './random.js'

/** Which of the two sets of policies judges. */
export type PolicySet = 'compatible' | 'robust'

/**
 * How a verdict compares with the truth. `false alarm`: it leads with something that is not there.
 * `missed`: what is there is not among its findings.
 */
export type Outcome = 'right' | 'false alarm' | 'missed'

/** Runs whose truth is known. */
export interface Scenario {
  readonly name: string
  /** What a good verdict says. */
  readonly truth: string
  /** Makes one run and lets both sets judge it. */
  run(random: Random): Readonly<Record<PolicySet, Outcome>>
}
