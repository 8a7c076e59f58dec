export { isSameSecret } from './admission.js'
export type { ClientLimits, TelemetryClient, TelemetryClientStats } from './frame-client.js'
export { listen } from './listen.js'
export { isLoopbackHost } from './loopback.js'
export { REFUSAL_CODES } from './refusal-codes.js'
export type { CloseReason, TelemetryConnection } from './server-connection.js'
export type { TelemetryClientOptions } from './telemetry-client.js'
export { createTelemetryClient } from './telemetry-client.js'
export type {
  TelemetryServer,
  TelemetryServerOptions,
  TelemetryServerStats,
} from './telemetry-server.js'
export { createTelemetryServer } from './telemetry-server.js'
