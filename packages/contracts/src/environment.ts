/** Names of the environment variables that travel from the launcher to the training process. */
export const ENV = {
  disabled: 'TRACEML_DISABLED',
  profile: 'TRACEML_PROFILE',
  mode: 'TRACEML_UI_MODE',
  interval: 'TRACEML_INTERVAL',
  logsDir: 'TRACEML_LOGS_DIR',
  sessionId: 'TRACEML_SESSION_ID',
  aggregatorHost: 'TRACEML_AGGREGATOR_HOST',
  aggregatorPort: 'TRACEML_AGGREGATOR_PORT',
  summaryWindowRows: 'TRACEML_SUMMARY_WINDOW_ROWS',
  traceMaxSteps: 'TRACEML_TRACE_MAX_STEPS',
  expectedWorldSize: 'TRACEML_EXPECTED_WORLD_SIZE',
  historyEnabled: 'TRACEML_HISTORY_ENABLED',
  htmlReport: 'TRACEML_HTML_REPORT',
  /** Ours: part of step time that the deep profile may cost, a fraction; default 0.05. */
  layerBudget: 'TRACEML_LAYER_BUDGET',
  /** Ours: JSON list of modules that export samplers, resolved by the launcher. */
  samplerModules: 'TRACEML_SAMPLER_MODULES',
  /** Ours: JSON list of modules that export `createGpuReader`, instead of the built-in ones. */
  gpuModules: 'TRACEML_GPU_MODULES',
  /** Ours: token of the aggregator, when it requires one. */
  token: 'TRACEML_TOKEN',
} as const

/** Values that apply when nothing else is said. */
export const DEFAULTS = {
  intervalSeconds: 2,
  logsDir: './logs',
  servePort: 29765,
  /** Where `serve --websocket` listens for pages. */
  webSocketPort: 29766,
  dashboardPort: 8765,
  host: '127.0.0.1',
  summaryWindowRows: 10_000,
  retentionFactor: 1.5,
  finalizeTimeoutSeconds: 300,
  maxFrameBytes: 67_108_864,
} as const
