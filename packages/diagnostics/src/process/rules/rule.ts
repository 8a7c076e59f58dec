import type { Rule } from '@traceml/contracts'
import type { ProcessPolicy } from '../policy.js'
import type { ProcessSignals } from '../signals.js'

/** A rule of the process domain; evaluated once, over all ranks, when there is at least one row. */
export type ProcessRule = Rule<ProcessSignals, ProcessPolicy>
