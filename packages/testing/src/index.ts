export type { CompareMetricExample } from './check-compare-metric.js'
export { checkCompareMetric } from './check-compare-metric.js'
export type { CheckExporterOptions } from './check-exporter.js'
export { checkExporter } from './check-exporter.js'
export type { CheckGpuReaderOptions, GpuObservation } from './check-gpu-reader.js'
export { checkGpuReader } from './check-gpu-reader.js'
export { checkRenderer, RENDER_TARGETS } from './check-renderer.js'
export type { CheckRuleOptions } from './check-rule.js'
export { checkRule } from './check-rule.js'
export type {
  CheckSamplerOptions,
  EmittedRow,
  StepFixture,
  StepSourceFixture,
} from './check-sampler.js'
export {
  checkSampler,
  createSamplerContextFixture,
  createStepSourceFixture,
} from './check-sampler.js'
export { checkSection } from './check-section.js'
export type { StoreFactory } from './check-store.js'
export { checkStore } from './check-store.js'
export type { FactSourceFixture } from './fact-source-fixture.js'
export { createFactSourceFixture } from './fact-source-fixture.js'
export type { FakeClock } from './fake-clock.js'
export { createFakeClock } from './fake-clock.js'
export { layerModelFixture, layerSampleFixture } from './layer-rows.js'
export { liveFixture } from './live/payload.js'
export type { LiveFixtureName } from './live/scenario.js'
export { LIVE_FIXTURES } from './live/scenario.js'
export type { LiveSourceFixture } from './live/source.js'
export { createLiveSourceFixture } from './live/source.js'
export { createStoreFixture } from './store-in-memory.js'
