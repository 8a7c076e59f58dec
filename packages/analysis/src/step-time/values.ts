import type { Phase } from '@traceml/contracts'

/** The 14 values of one rank, in milliseconds, in the order of the report. */
export const STEP_VALUE_KEYS = [
  'inputWaitMs',
  'h2dMs',
  'forwardMs',
  'backwardMs',
  'optimizerStepMs',
  'stepTimeMs',
  'tracedStepTimeMs',
  'computeMs',
  'residualMs',
  'stepTimeCpuMs',
  'stepTimeGpuMs',
  'tracedStepTimeCpuMs',
  'tracedStepTimeGpuMs',
  'dataloaderFetchCpuMs',
] as const

/** Key of one of the 14 values. */
export type StepValueKey = (typeof STEP_VALUE_KEYS)[number]

/** Milliseconds of one step, or averaged over the window; null is "not measured in this window". */
export type StepTimeValues = Readonly<Record<StepValueKey, number | null>>

/** Key of a metric, for example `step_time`. */
export type StepMetricKey =
  | 'input_wait'
  | 'h2d'
  | 'forward'
  | 'backward'
  | 'optimizer_step'
  | 'step_time'
  | 'traced_step_time'
  | 'residual_proxy'
  | 'compute'
  | 'step_time_cpu'
  | 'step_time_gpu'
  | 'traced_step_time_cpu'
  | 'traced_step_time_gpu'
  | 'dataloader_fetch'

/** Metric keys in their order of emission, each with the value that it ranks. */
export const STEP_METRICS: readonly (readonly [StepMetricKey, StepValueKey])[] = [
  ['input_wait', 'inputWaitMs'],
  ['h2d', 'h2dMs'],
  ['forward', 'forwardMs'],
  ['backward', 'backwardMs'],
  ['optimizer_step', 'optimizerStepMs'],
  ['step_time', 'stepTimeMs'],
  ['traced_step_time', 'tracedStepTimeMs'],
  ['residual_proxy', 'residualMs'],
  ['compute', 'computeMs'],
  ['step_time_cpu', 'stepTimeCpuMs'],
  ['step_time_gpu', 'stepTimeGpuMs'],
  ['traced_step_time_cpu', 'tracedStepTimeCpuMs'],
  ['traced_step_time_gpu', 'tracedStepTimeGpuMs'],
  ['dataloader_fetch', 'dataloaderFetchCpuMs'],
]

/** The first metrics of {@link STEP_METRICS} also have a series per step. */
export const SERIES_METRIC_COUNT = 8

/** Phases that need a value on every step of the window; the others are zero where they are absent. */
export const REQUIRED_PHASES: ReadonlySet<Phase> = new Set<Phase>([
  'input_wait',
  'forward',
  'backward',
  'traced_step_time',
])
