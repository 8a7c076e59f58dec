export type { JavaScriptContext, JavaScriptRank, JavaScriptRankInput } from './domain/context.js'
export { createJavaScriptContext } from './domain/context.js'
export { diagnoseJavaScript } from './domain/diagnose.js'
export type { Band, JavaScriptPolicy } from './domain/policy.js'
export { JAVASCRIPT_POLICY } from './domain/policy.js'
export { readRow } from './domain/read-row.js'
export type { Found, JavaScriptRule, RankRule } from './domain/rule.js'
export { defineRankRule } from './domain/rule.js'
export { defaultJavaScriptRules } from './domain/rules/default-rules.js'
export type { CallLeak, TensorTrend } from './domain/tensor-trend.js'
export { createJavaScriptLiveSection, javaScriptLiveSection } from './live/live-section.js'
export type {
  GpuPoolTotals,
  JavaScriptRuntimeRow,
  StepTotals,
  TensorHistory,
  VisibilityTotals,
} from './row.js'
export { JAVASCRIPT_SAMPLER, JAVASCRIPT_TABLE } from './row.js'
export { createJavaScriptSampler, javaScriptSamplerSpec } from './sampler/sampler.js'
export type { JavaScriptSectionOptions } from './section/section.js'
export { createJavaScriptSection, javaScriptSection } from './section/section.js'
