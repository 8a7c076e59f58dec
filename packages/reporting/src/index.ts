export type { Scalar } from '@traceml/contracts'
export { toScalars } from '@traceml/contracts'
export { estimateOutlook } from './estimate/outlook.js'
export type { GenerateSummaryOptions } from './generate-summary.js'
export { generateSummary } from './generate-summary.js'
export type { HtmlReportOptions } from './html/document.js'
export { renderHtmlReport } from './html/document.js'
export { parseTolerantJson } from './parse-json.js'
export { createSections, defaultSections } from './sections/default-sections.js'
export type { FallbackOptions } from './sections/fallback.js'
export { fallbackPayload } from './sections/fallback.js'
export { layersSection } from './sections/layers/section.js'
export { createProcessSection, processSection } from './sections/process/section.js'
export { processTreeSection } from './sections/process-tree/section.js'
export type { ReportMetric, ReportRow, RollUp, RowOrder } from './sections/shared/roll-up.js'
export { BY_NUMBER, BY_TEXT } from './sections/shared/roll-up.js'
export type { SectionParts } from './sections/shared/section-payload.js'
export { sectionPayload } from './sections/shared/section-payload.js'
export { sampleWindow } from './sections/shared/windows.js'
export { createStepMemorySection, stepMemorySection } from './sections/step-memory/section.js'
export { createStepTimeSection, stepTimeSection } from './sections/step-time/section.js'
export { createSystemSection, systemSection } from './sections/system/section.js'
export { topologyMode } from './sections/topology.js'
export type { TelemetryFacts } from './telemetry-health.js'
export { describeTelemetry } from './telemetry-health.js'
export { renderTextCard } from './text/card.js'
export { readReport } from './view/read-report.js'
export type {
  FindingView,
  LayersView,
  LineView,
  PointView,
  ReportView,
  RowView,
  RunView,
  SectionId,
  SectionView,
  SeriesView,
  TelemetryView,
  Tier,
  VerdictView,
} from './view/report-view.js'
