/** Where a run is in its life. */
export type RunStatus = 'starting' | 'running' | 'completed' | 'failed' | 'interrupted'

/** `manifest.json` of a session folder. Unknown keys are kept when it is rewritten. */
export interface RunManifest {
  readonly schema_version: 1
  readonly session_id: string
  readonly run: {
    readonly run_name: string
    readonly session_id: string
    readonly identity_source: 'run_name' | 'session_id' | 'generated'
  }
  readonly status: RunStatus
  readonly created_at: string
  readonly updated_at?: string
  readonly host: { readonly hostname: string }
  readonly launch: Readonly<Record<string, unknown>>
  readonly paths: Readonly<Record<string, string | null>>
  readonly artifacts: Readonly<Record<string, string>>
  readonly telemetry_status?: 'degraded'
  readonly aggregator_exited_early?: boolean
  readonly aggregator_exit_code?: number | null
  /** Ours: exit code of the training, null while it runs. */
  readonly training_exit_code?: number | null
}
