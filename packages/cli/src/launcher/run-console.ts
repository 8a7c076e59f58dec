import type { DisplayMode, Profile, RunProgress } from '@traceml/contracts'
import { oneLine } from '../output/failure.js'
import { writeStderr } from '../output/streams.js'
import { loadProgressView, type ProgressView } from './progress-view.js'

/** What is shown of a watched program. */
export interface WatchedUsage {
  readonly processCount: number
  readonly cpuPercent: number | null
  readonly residentBytes: number | null
}

/** What the launcher says while a run goes on; all of it on stderr. Nothing here throws. */
export interface RunConsole {
  /** How often progress is wanted, or null: never. */
  readonly progressIntervalMs: number | null
  progress(progress: RunProgress): void
  /** From now on progress shows what a watched program uses. */
  watch(latest: () => WatchedUsage | null): void
  /** One sentence on a line of its own. */
  warn(message: string): void
  /** Removes the live region for good. */
  stop(): void
}

const LIVE_INTERVAL_MS = 500
const LINE_INTERVAL_MS = 2_000

/**
 * In a terminal a live region is drawn. Elsewhere `cli` mode prints a line now and then, and the
 * other modes stay silent, so that logs contain the training's output only.
 */
export function createConsole(options: {
  readonly interactive: boolean
  readonly mode: DisplayMode
  readonly profile: Profile
  /** Told how to give the terminal back, whenever that changes. */
  readonly onTake: (restore: string) => void
}): RunConsole {
  const wantsProgress = options.interactive || options.mode !== 'summary'
  const interval = options.interactive ? LIVE_INTERVAL_MS : LINE_INTERVAL_MS
  const progressIntervalMs = wantsProgress ? interval : null
  let view: ProgressView | null = null
  let stopped = false
  let usage: () => WatchedUsage | null = () => null
  if (wantsProgress) {
    void loadProgressView(process.stderr, options.onTake).then(
      (loaded) => {
        if (!stopped) view = loaded
      },
      () => {},
    )
  }
  const print = (text: string): void => {
    void writeStderr(`traceml: ${oneLine(text)}\n`)
  }
  if (options.mode === 'dashboard') {
    print('This version has no browser dashboard; progress is shown here instead.')
  }
  return {
    progressIntervalMs,
    progress: (progress) => {
      if (stopped) return
      const expectsSteps = options.profile !== 'watch'
      view?.draw({ ...progress, expectsSteps, ...processesOf(usage()) })
    },
    watch: (latest) => {
      usage = latest
    },
    warn: print,
    stop: () => {
      stopped = true
      view?.stop()
      view = null
    },
  }
}

function processesOf(usage: WatchedUsage | null): Pick<RunProgress, 'processes'> {
  if (usage === null) return {}
  const { processCount: count, cpuPercent, residentBytes } = usage
  return { processes: { count, cpuPercent, residentBytes } }
}
