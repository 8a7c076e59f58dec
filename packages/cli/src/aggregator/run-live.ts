import type { AggregatorLive } from '@traceml/aggregator'
import type { LiveEnd, Profile, RunStatus } from '@traceml/contracts'
import type { LiveRunOptions } from './ipc.js'

/** The run that live views show. */
export interface LiveRunIdentity {
  readonly sessionId: string
  readonly runName: string
  readonly profile: Profile
  readonly expectedWorldSize: number | null
  readonly historyEnabled: boolean
}

/** Makes what an aggregator needs for live views. */
export async function createRunLive(
  run: LiveRunIdentity,
  { intervalSeconds, traceMaxSteps, totalSteps }: LiveRunOptions,
): Promise<AggregatorLive> {
  // Only a run that is looked at pays for the diagnoses.
  const [{ createLiveSession }, { javaScriptLiveSection }] = await Promise.all([
    import('@traceml/live'),
    import('@traceml/javascript'),
  ])
  const engine = createLiveSession({
    run: {
      session_id: run.sessionId,
      run_name: run.runName,
      profile: run.profile,
      started_at: Date.now() / 1000,
      ranks_expected: run.expectedWorldSize ?? 1,
      interval_s: intervalSeconds,
      history_enabled: run.historyEnabled,
      total_steps: totalSteps,
      samples_per_step: null,
      trace_max_steps: traceMaxSteps,
    },
    sections: [javaScriptLiveSection],
    monotonicMs: () => performance.now(),
  })
  return { engine, intervalSeconds }
}

/** What became of a run, as live views say it. */
export function outcomeOf(status: RunStatus | undefined): LiveEnd['outcome'] {
  return status === 'completed' || status === 'failed' || status === 'interrupted'
    ? status
    : 'unknown'
}
