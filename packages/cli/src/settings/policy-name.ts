import type { PolicySetName } from '@traceml/diagnostics'
import { parseChoice, type RawValue } from './parse-values.js'

/** The sets of thresholds that a report can be judged by; the first is the default. */
const POLICY_NAMES: readonly PolicySetName[] = ['robust', 'compatible']

/** A flag wins over the configuration. @throws {ConfigError} TRACEML_CONFIG_INVALID */
export function resolvePolicyName(raw: RawValue | null, configured?: PolicySetName): PolicySetName {
  return raw === null ? (configured ?? 'robust') : parseChoice(raw, POLICY_NAMES)
}
