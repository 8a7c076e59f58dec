export { isLoopbackHost } from './loopback.js'
export type { CloseReason, TelemetryConnection } from './server-connection.js'
export type {
  TelemetryClient,
  TelemetryClientOptions,
  TelemetryClientStats,
} from './telemetry-client.js'
export { createTelemetryClient } from './telemetry-client.js'
export type {
  TelemetryServer,
  TelemetryServerOptions,
  TelemetryServerStats,
} from './telemetry-server.js'
export { createTelemetryServer } from './telemetry-server.js'
