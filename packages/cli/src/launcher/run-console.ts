import type { DisplayMode, LivePayload, Profile, RunProgress } from '@traceml/contracts'
import type { TerminalRestore } from '@traceml/display-terminal'
import { oneLine } from '../output/failure.js'
import { writeStderr } from '../output/streams.js'
import { type FullView, type FullViewRun, openFullView } from './full-view.js'
import type { CapturedOutput } from './output/captured-output.js'
import {
  type LineView,
  loadLineView,
  loadProgressView,
  type ProgressView,
} from './progress-view.js'

/** What is shown of a watched program. */
interface WatchedUsage {
  readonly processCount: number
  readonly cpuPercent: number | null
  readonly residentBytes: number | null
}

/** What the launcher says while a run goes on; all of it on stderr. Nothing here throws. */
export interface RunConsole {
  /** How often progress is wanted, or null: never. */
  readonly progressIntervalMs: number | null
  /** How often a live payload is wanted, or null: never. */
  readonly liveIntervalMs: number | null
  progress(progress: RunProgress): void
  live(payload: LivePayload): void
  /** From now on progress shows what a watched program uses. */
  watch(latest: () => WatchedUsage | null): void
  /** One sentence on a line of its own. */
  warn(message: string): void
  /**
   * Opens the full-screen view where it is wanted and possible, right before the training starts.
   * Returns what then takes its output; null: it prints where this process does.
   */
  open(run: FullViewRun): Promise<CapturedOutput | null>
  /** Removes everything that is drawn for good; the training may go on. */
  stop(): void
  /** {@link stop}, and the training has ended: all that it printed is on its way. */
  finish(): void
}

/** Options of {@link createConsole}. */
export interface RunConsoleOptions {
  readonly interactive: boolean
  readonly mode: DisplayMode
  readonly profile: Profile
  /** Payloads can be had: this node has the aggregator. */
  readonly hasPayloads: boolean
  /** Told how to give the terminal back, whenever that changes. */
  readonly onTake: (restore: TerminalRestore) => void
}

const REGION_INTERVAL_MS = 500
const LINE_INTERVAL_MS = 2_000
const LIVE_INTERVAL_MS = 1_000

/**
 * In a terminal `cli` mode draws the full-screen view and the other modes a live region. Elsewhere
 * `cli` mode prints a line now and then, and the other modes stay silent, so that logs contain the
 * training's output only.
 */
export function createConsole(options: RunConsoleOptions): RunConsole {
  const { interactive, mode } = options
  const wantsFullView = interactive && mode === 'cli' && options.hasPayloads
  // The line of a watched program is about its processes, which payloads do not know one by one.
  const wantsLines =
    !interactive && mode === 'cli' && options.hasPayloads && options.profile !== 'watch'
  const wantsProgress = interactive || (mode !== 'summary' && !wantsLines)
  let region: ProgressView | null = null
  let full: FullView | null = null
  let lines: LineView | null = null
  let isStopped = false
  let usage: () => WatchedUsage | null = () => null

  const loadRegion = (): void => {
    if (!wantsProgress) return
    void loadProgressView(process.stderr, options.onTake).then(
      (loaded) => {
        if (isStopped) loaded.stop()
        else region = loaded
      },
      () => {},
    )
  }
  if (!wantsFullView) loadRegion()
  if (wantsLines) {
    void loadLineView(process.stderr).then(
      (loaded) => {
        if (!isStopped) lines = loaded
      },
      () => {},
    )
  }
  const print = (text: string): void => {
    void writeStderr(`traceml: ${oneLine(text)}\n`)
  }
  /** Sentences for whom the screen was taken; said again when it is given back. */
  let kept: string[] = []
  const warn = (text: string): void => {
    if (full?.isOpen() === true) {
      kept.push(text)
      full.notify(oneLine(text))
    } else print(text)
  }
  const printKept = (): void => {
    for (const text of kept) print(text)
    kept = []
  }
  return {
    progressIntervalMs: !wantsProgress ? null : interactive ? REGION_INTERVAL_MS : LINE_INTERVAL_MS,
    liveIntervalMs: wantsFullView ? LIVE_INTERVAL_MS : wantsLines ? LINE_INTERVAL_MS : null,
    progress: (progress) => {
      if (isStopped) return
      const expectsSteps = options.profile !== 'watch'
      region?.draw({ ...progress, expectsSteps, ...processesOf(usage()) })
    },
    watch: (latest) => {
      usage = latest
    },
    live: (payload) => {
      full?.update(payload)
      if (!isStopped) lines?.draw(payload)
    },
    warn,
    async open(run) {
      if (!wantsFullView || isStopped) return null
      full = await openFullView(run, {
        onTake: options.onTake,
        onWarning: print,
        onLeave: () => {
          printKept()
          loadRegion()
        },
      })
      if (full === null) loadRegion()
      return full?.output ?? null
    },
    stop: () => {
      isStopped = true
      full?.leave()
      region?.stop()
      region = null
    },
    finish: () => {
      isStopped = true
      region?.stop()
      region = null
      full?.finish()
      printKept()
    },
  }
}

function processesOf(usage: WatchedUsage | null): Pick<RunProgress, 'processes'> {
  if (usage === null) return {}
  const { processCount: count, cpuPercent, residentBytes } = usage
  return { processes: { count, cpuPercent, residentBytes } }
}
