export type { TimelineHistory } from './history-timeline.js'
export { historyTimeline } from './history-timeline.js'
export type { TimelinePhase, TimelineStep } from './lay-out-steps.js'
export { layOutSteps } from './lay-out-steps.js'
export { toCsv, toJsonLines } from './lines.js'
export { toPerfetto } from './perfetto.js'
export type {
  Timeline,
  TimelineCounter,
  TimelineRecord,
  TimelineSlice,
  TimelineSource,
} from './records.js'
