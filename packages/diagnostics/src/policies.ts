import { InputError } from '@traceml/contracts'
import { PROCESS_POLICY, type ProcessPolicy, ROBUST_PROCESS_POLICY } from './process/policy.js'
import {
  LIVE_STEP_MEMORY_POLICY,
  ROBUST_LIVE_STEP_MEMORY_POLICY,
  ROBUST_STEP_MEMORY_POLICY,
  type StepMemoryPolicy,
  SUMMARY_STEP_MEMORY_POLICY,
} from './step-memory/policy.js'
import {
  LIVE_STEP_TIME_POLICY,
  ROBUST_LIVE_STEP_TIME_POLICY,
  ROBUST_SUMMARY_STEP_TIME_POLICY,
  type StepTimePolicy,
  SUMMARY_STEP_TIME_POLICY,
} from './step-time/policy.js'
import { SYSTEM_POLICY, type SystemPolicy } from './system/policy.js'

/** The word for a set of policies: `robust` is the default, `compatible` judges as existing reports. */
export type PolicySetName = 'robust' | 'compatible'

/** The policies of all domains. */
export interface DiagnosticPolicies {
  readonly name: PolicySetName
  /** For the report of a run. */
  readonly summary: {
    readonly stepTime: StepTimePolicy
    readonly stepMemory: StepMemoryPolicy
    readonly process: ProcessPolicy
    readonly system: SystemPolicy
  }
  /** For views of a running training. */
  readonly live: { readonly stepTime: StepTimePolicy; readonly stepMemory: StepMemoryPolicy }
}

const SETS: Readonly<Record<PolicySetName, DiagnosticPolicies>> = {
  robust: {
    name: 'robust',
    summary: {
      stepTime: ROBUST_SUMMARY_STEP_TIME_POLICY,
      stepMemory: ROBUST_STEP_MEMORY_POLICY,
      process: ROBUST_PROCESS_POLICY,
      // Both sets judge the system alike.
      system: SYSTEM_POLICY,
    },
    live: { stepTime: ROBUST_LIVE_STEP_TIME_POLICY, stepMemory: ROBUST_LIVE_STEP_MEMORY_POLICY },
  },
  compatible: {
    name: 'compatible',
    summary: {
      stepTime: SUMMARY_STEP_TIME_POLICY,
      stepMemory: SUMMARY_STEP_MEMORY_POLICY,
      process: PROCESS_POLICY,
      system: SYSTEM_POLICY,
    },
    live: { stepTime: LIVE_STEP_TIME_POLICY, stepMemory: LIVE_STEP_MEMORY_POLICY },
  },
}

/**
 * Returns the policies of a set by its name.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for another word.
 */
export function resolvePolicies(name: PolicySetName = 'robust'): DiagnosticPolicies {
  if (Object.hasOwn(SETS, name)) return SETS[name]
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    `The policy is "${String(name)}"; give robust or compatible.`,
  )
}
