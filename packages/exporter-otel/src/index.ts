export type { LivePayloads } from './export-live.js'
export { exportLive } from './export-live.js'
