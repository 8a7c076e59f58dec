export type { RuntimeHandle, TrainingRuntime } from './active-runtime.js'
export { activeRuntime } from './active-runtime.js'
export type { Environment } from './lifecycle/identity.js'
export { resolveIdentity } from './lifecycle/identity.js'
export type { LocalRuntime, LocalRuntimeOptions } from './lifecycle/local-runtime.js'
export { startLocalRuntime } from './lifecycle/local-runtime.js'
export type { RuntimeOptionOverrides, RuntimeOptions } from './lifecycle/runtime-options.js'
export {
  newSessionId,
  rankDirectory,
  resolveRuntimeOptions,
  runtimeOptionsFromEnv,
  sessionDirectory,
} from './lifecycle/runtime-options.js'
export { startRuntime } from './lifecycle/start-runtime.js'
export type { PhaseGuard } from './phase-guard.js'
export { createPhaseGuard } from './phase-guard.js'
export type { SharedSizes, SharedState } from './recorder/shared-layout.js'
export { createSharedState, openSharedState } from './recorder/shared-layout.js'
export type {
  RingStepRecorder,
  StepObserver,
  StepRecorderOptions,
} from './recorder/step-recorder.js'
export { createStepRecorder } from './recorder/step-recorder.js'
export type { RingStepSource, StepSourceOptions } from './recorder/step-source.js'
export { createStepSource } from './recorder/step-source.js'
export type { InitOptions } from './sdk/init.js'
export { init } from './sdk/init.js'
export type { InitConfig, InitConfigOptions, InitMode } from './sdk/init-config.js'
export { layer } from './sdk/layer.js'
export { phase } from './sdk/phase.js'
export { getInitConfig } from './sdk/settle-init.js'
export type { SummaryOptions } from './sdk/summary.js'
export { finalSummary, summary } from './sdk/summary.js'
export type { StepHandle } from './sdk/trace-step.js'
export { traceStep } from './sdk/trace-step.js'
export { wrapDataLoader } from './sdk/wrap-data-loader.js'
export { wrapBackward, wrapForward, wrapH2D, wrapOptimizer } from './sdk/wrap-methods.js'
