import type { Diagnosis, LayerProfile } from '@traceml/contracts'
import { diagnoseByRules, type RuleDiagnosisResult } from '../shared/diagnose-by-rules.js'
import { LAYERS_POLICY, type LayersPolicy } from './policy.js'
import { defaultLayersRules } from './rules/default-rules.js'
import type { LayersRule } from './rules/rule.js'
import { calmText } from './texts.js'

/**
 * Says what stands out among the layers of a run. A layer that takes long is no fault: every
 * finding of the built-in rules is `info`.
 *
 * @param profile - From `combineLayers`.
 * @param policy - Thresholds; missing ones are those of {@link LAYERS_POLICY}.
 * @param rules - In the order of importance. Default `defaultLayersRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseLayers(
  profile: LayerProfile,
  policy: Partial<LayersPolicy> = LAYERS_POLICY,
  rules: readonly LayersRule[] = defaultLayersRules,
): RuleDiagnosisResult {
  return diagnoseByRules({ rules, context: profile, defaults: LAYERS_POLICY, policy, calm })
}

function calm(profile: LayerProfile): Diagnosis {
  const { summary, action } = calmText(profile)
  const isMeasured = profile.total_ms !== null
  return {
    kind: isMeasured ? 'NORMAL' : 'NO_DATA',
    status: isMeasured ? 'NORMAL' : 'NO DATA',
    severity: 'info',
    reason: summary,
    action,
    note: null,
    confidence: null,
  }
}
