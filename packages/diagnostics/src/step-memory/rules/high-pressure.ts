import { defineRule } from '@traceml/contracts'
import { pressureText } from '../texts.js'
import { type StepMemoryRule, stepMemoryIssue } from './rule.js'

/** `HIGH_PRESSURE`: the worst peak is close to the capacity of the device. */
export const highPressureRule: StepMemoryRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-pressure',
  domain: 'step_memory',
  evaluate(signals, policy) {
    const pressure = signals.pressureRatio
    if (signals.stepsUsed < (policy.robust?.pressureMinSteps ?? policy.minSteps)) return []
    if (pressure === null || pressure < policy.pressureWarnRatio) return []
    return [
      stepMemoryIssue(signals, {
        kind: 'HIGH_PRESSURE',
        status: 'HIGH PRESSURE',
        severity: pressure >= policy.pressureCritRatio ? 'crit' : 'warn',
        score: pressure,
        evidence: { pressure_frac: pressure },
        text: pressureText(signals.metric, pressure),
        ranks: signals.pressureRank === null ? [] : [signals.pressureRank],
      }),
    ]
  },
})
