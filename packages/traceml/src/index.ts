export type { TraceMLConfig } from '@traceml/cli'
export { defineConfig } from '@traceml/cli'
export type {
  CompareMetric,
  Exporter,
  FinalSummary,
  Renderer,
  Rule,
  Sampler,
  SamplerContext,
  SamplerSpec,
  SummarySection,
} from '@traceml/contracts'
export {
  defineCompareMetric,
  defineExporter,
  defineRenderer,
  defineRule,
  defineSampler,
  defineSamplerSpec,
  defineSection,
  TraceMLError,
} from '@traceml/contracts'
export {
  finalSummary,
  init,
  layer,
  phase,
  summary,
  traceStep,
  wrapBackward,
  wrapDataLoader,
  wrapForward,
  wrapH2D,
  wrapOptimizer,
} from '@traceml/runtime'
