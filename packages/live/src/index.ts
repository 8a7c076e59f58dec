export { terminalText } from './logs/terminal-text.js'
export type { LiveSessionOptions } from './session.js'
export { createLiveSession } from './session.js'
export { liveTrend } from './trend.js'
