import { SYSTEM_POLICY, type SystemPolicy } from '@traceml/diagnostics'

/** The default thresholds, but a shared host: 60 % mean CPU is already high here. */
export const sharedHostPolicy: SystemPolicy = {
  ...SYSTEM_POLICY,
  name: 'shared-host',
  cpuAvgPercent: { ...SYSTEM_POLICY.cpuAvgPercent, highAt: 60 },
}
