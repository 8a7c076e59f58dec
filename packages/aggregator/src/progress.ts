import { PHASES, type Phase, type RunProgress } from '@traceml/contracts'
import type { HistoryProgress } from './history/history-port.js'

/** Without a row for this long a run counts as stale. */
const STALE_SECONDS = 10
/** The speed is that of about this long. */
const SPEED_WINDOW_MS = 5000

/** Facts that the history does not know. @internal */
interface ProgressFacts {
  readonly nowMs: number
  readonly startedMs: number
  /** Monotonic milliseconds, null before the first. */
  readonly lastTelemetryMs: number | null
  readonly ranksExpected: number
  readonly ranksSeen: number
  readonly ranksFinished: number
  readonly rowsWritten: number
  readonly lost: number
}

/** Keeps what a live view shows of a run. @internal */
export interface ProgressTracker {
  update(snapshot: HistoryProgress, nowMs: number): void
  read(facts: ProgressFacts): RunProgress
  /** The largest step of a rank and when it was first seen, on the clock of `update`. */
  lastStepOf(rank: number): { readonly step: number; readonly atMs: number } | null
}

/** Creates a tracker that has seen nothing yet. @internal */
export function createProgressTracker(): ProgressTracker {
  let latest: HistoryProgress | null = null
  const lastSteps = new Map<number, { readonly step: number; readonly atMs: number }>()
  let points: { readonly atMs: number; readonly steps: number }[] = []

  const stepsPerSecond = (nowMs: number): number | null => {
    const first = points[0]
    const last = points.at(-1)
    if (first === undefined || last === undefined || last.atMs - first.atMs < 200) return null
    const spanMs = Math.max(last.atMs, nowMs - SPEED_WINDOW_MS) - first.atMs
    return ((last.steps - first.steps) / spanMs) * 1000
  }

  return {
    update(snapshot, nowMs) {
      latest = snapshot
      points = points.filter((point) => nowMs - point.atMs <= SPEED_WINDOW_MS)
      points.push({ atMs: nowMs, steps: slowestStep(snapshot) })
      for (const { globalRank, latestStep } of snapshot.ranks) {
        if (latestStep === null || lastSteps.get(globalRank)?.step === latestStep) continue
        lastSteps.set(globalRank, { step: latestStep, atMs: nowMs })
      }
    },
    lastStepOf: (rank) => lastSteps.get(rank) ?? null,
    read(facts) {
      const age =
        facts.lastTelemetryMs === null ? null : (facts.nowMs - facts.lastTelemetryMs) / 1000
      return {
        status: age === null ? 'waiting' : age > STALE_SECONDS ? 'stale' : 'live',
        elapsedSeconds: (facts.nowMs - facts.startedMs) / 1000,
        lastRowAgeSeconds: age,
        ranksExpected: facts.ranksExpected,
        ranksSeen: facts.ranksSeen,
        ranksFinished: facts.ranksFinished,
        stepsCompleted: latest === null ? 0 : slowestStep(latest),
        stepsPerSecond: stepsPerSecond(facts.nowMs),
        phasesMs: phaseMeans(latest),
        rowsWritten: facts.rowsWritten,
        lost: facts.lost,
      }
    },
  }
}

/** Largest step of the slowest rank, 0 before the first. */
function slowestStep(snapshot: HistoryProgress): number {
  const steps = snapshot.ranks.flatMap(({ latestStep }) => latestStep ?? [])
  return steps.length === 0 ? 0 : Math.min(...steps)
}

/** Mean over ranks; a rank with device times counts with those. */
function phaseMeans(snapshot: HistoryProgress | null): Readonly<Record<Phase, number | null>> {
  const entries = PHASES.map((phase) => {
    const values = (snapshot?.ranks ?? []).flatMap((rank) => {
      const onDevice = rank.gpuMs.traced_step_time !== null ? rank.gpuMs[phase] : null
      return onDevice ?? rank.cpuMs[phase] ?? []
    })
    const total = values.reduce((sum, value) => sum + value, 0)
    return [phase, values.length === 0 ? null : total / values.length] as const
  })
  return Object.fromEntries(entries) as Record<Phase, number | null>
}
