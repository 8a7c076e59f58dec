// Watches a training loop of your own: no server, no file, no other process.
import { createLiveSession, liveBatch, liveFacts, liveStepRows } from '@traceml/live'

/**
 * @param {{ name: string, totalSteps: number, samplesPerStep: number }} run
 * @param {() => number} now - Seconds on a clock that does not jump.
 */
export function createWatcher(run, now = () => performance.now() / 1000) {
  const session = createLiveSession({
    run: {
      session_id: run.name,
      run_name: run.name,
      profile: 'run',
      started_at: Date.now() / 1000,
      ranks_expected: 1,
      interval_s: 0.5,
      history_enabled: false,
      total_steps: run.totalSteps,
      samples_per_step: run.samplesPerStep,
      trace_max_steps: null,
    },
  })
  let steps = []
  return {
    /** Call this after every step, with milliseconds. */
    step(step, { inputWait, forward, backward, optimizer, whole }) {
      const cpuMs = {
        input_wait: inputWait,
        forward,
        backward,
        optimizer_step: optimizer,
        traced_step_time: whole - inputWait,
      }
      steps.push({ rank: 0, step, cpuMs })
    },
    /** The payload of this moment: the same that the terminal, the browser and `/metrics` show. */
    payload() {
      if (steps.length > 0) session.add(liveBatch({ steps: liveStepRows(steps) }), now())
      steps = []
      return session.tick(liveFacts({ now_s: now(), wall_s: Date.now() / 1000 }))
    },
    /** The past at any resolution, however long the run is. */
    series: (query) => session.series(query),
  }
}
