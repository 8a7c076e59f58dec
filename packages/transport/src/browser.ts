export type { ClientLimits, TelemetryClient, TelemetryClientStats } from './frame-client.js'
export type { WebSocketClientOptions } from './websocket-client.js'
export { createWebSocketClient } from './websocket-client.js'
