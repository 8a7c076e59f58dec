import type { StepMetricKey, StepTimeWindow, StepValueKey } from '@traceml/analysis'
import type { Issue, StepTimeSnapshot } from '@traceml/contracts'

/** One published metric: its name in the report, the value and the statistic that it shows. */
export interface StepTimeReportMetric {
  readonly name: string
  readonly value: StepValueKey
  readonly statistic: StepMetricKey
}

/** The 14 metrics of the section in their published order. All are milliseconds. */
export const STEP_TIME_REPORT_METRICS: readonly StepTimeReportMetric[] = [
  { name: 'input_wait_ms', value: 'inputWaitMs', statistic: 'input_wait' },
  { name: 'step_time_ms', value: 'stepTimeMs', statistic: 'step_time' },
  { name: 'traced_step_time_ms', value: 'tracedStepTimeMs', statistic: 'traced_step_time' },
  { name: 'step_time_cpu_ms', value: 'stepTimeCpuMs', statistic: 'step_time_cpu' },
  { name: 'step_time_gpu_ms', value: 'stepTimeGpuMs', statistic: 'step_time_gpu' },
  {
    name: 'traced_step_time_cpu_ms',
    value: 'tracedStepTimeCpuMs',
    statistic: 'traced_step_time_cpu',
  },
  {
    name: 'traced_step_time_gpu_ms',
    value: 'tracedStepTimeGpuMs',
    statistic: 'traced_step_time_gpu',
  },
  { name: 'dataloader_fetch_cpu_ms', value: 'dataloaderFetchCpuMs', statistic: 'dataloader_fetch' },
  { name: 'h2d_ms', value: 'h2dMs', statistic: 'h2d' },
  { name: 'compute_ms', value: 'computeMs', statistic: 'compute' },
  { name: 'residual_ms', value: 'residualMs', statistic: 'residual_proxy' },
  { name: 'forward_ms', value: 'forwardMs', statistic: 'forward' },
  { name: 'backward_ms', value: 'backwardMs', statistic: 'backward' },
  { name: 'optimizer_ms', value: 'optimizerStepMs', statistic: 'optimizer_step' },
]

/** Everything that the payload and the card of the section are made of. */
export interface StepTimeReport {
  readonly snapshot: StepTimeSnapshot
  readonly window: StepTimeWindow
  /** Never empty; the first is the diagnosis. */
  readonly issues: readonly Issue[]
  /** Steps asked for. */
  readonly windowRows: number
  readonly ranksSeen: number
}
