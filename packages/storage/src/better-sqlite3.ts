export type { OpenHistoryOptions } from './open-history.js'
export { openHistory } from './open-history.js'
export type { OpenStoreOptions } from './open-store.js'
export { openStore } from './open-store.js'
