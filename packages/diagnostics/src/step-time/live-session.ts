import { analyzeStepTime, type StepTimeWindow } from '@traceml/analysis'
import {
  type Clock,
  errorMessage,
  type Logger,
  noopLogger,
  type Rule,
  type StepTimeRequest,
  type StepTimeSnapshot,
} from '@traceml/contracts'
import type { StepTimeContext } from './context.js'
import { diagnoseStepTime } from './diagnose.js'
import {
  LIVE_STEP_TIME_REQUEST,
  ROBUST_LIVE_STEP_TIME_POLICY,
  type StepTimePolicy,
} from './policy.js'
import type { StepTimeDiagnosisResult } from './result.js'

/**
 * How a live result came about. `live`: this read. `bridged`: this read gave nothing, the last good
 * one is young enough. `expired`: it is too old. `cold`: there never was a good one.
 *
 * It speaks of reads, not of training: an unchanged table stays `live`.
 */
export type StepTimeFreshness = 'live' | 'bridged' | 'expired' | 'cold'

/** One refresh of a live session. */
export interface LiveStepTimeResult {
  readonly freshness: StepTimeFreshness
  readonly window: StepTimeWindow
  readonly diagnosis: StepTimeDiagnosisResult
  /** Seconds since the last good read; null when there never was one. */
  readonly ageSeconds: number | null
  /** Why this read failed; null when it did not. */
  readonly error: string | null
}

/** Options of `createLiveStepTimeSession`. */
export interface LiveStepTimeSessionOptions {
  /**
   * Reads the store. Gets the last snapshot, and may return that same object when nothing changed:
   * then nothing is analysed again.
   */
  readonly read: (
    previous: StepTimeSnapshot | null,
    request: StepTimeRequest,
  ) => Promise<StepTimeSnapshot>
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** How long a good result bridges empty or failed reads; null is for ever. Default 30. */
  readonly ttlSeconds?: number | null
  /** Steps; values below 1 act as 1. Default 100. */
  readonly windowSize?: number
  /** Values below 1 act as 1. Default 4. */
  readonly lookbackFactor?: number
  readonly policy?: Partial<StepTimePolicy>
  readonly rules?: readonly Rule<StepTimeContext, StepTimePolicy>[]
  readonly logger?: Logger
}

/** Keeps the last good verdict of one live view. */
export interface LiveStepTimeSession {
  /** Reads and judges. Calls run one after the other. Never rejects. */
  refresh(): Promise<LiveStepTimeResult>
}

/** What a read of an empty store gives. */
const NOTHING_READ: StepTimeSnapshot = {
  globalRanks: [],
  ranks: [],
  identities: {},
  cursor: { lastRowId: null, latestStep: null },
  trainingStrategy: 'ddp',
}

interface Analysis {
  readonly window: StepTimeWindow
  readonly diagnosis: StepTimeDiagnosisResult
}

/**
 * Makes a live session.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a window size or threshold that is no number.
 */
export function createLiveStepTimeSession(
  options: LiveStepTimeSessionOptions,
): LiveStepTimeSession {
  const { read, clock, ttlSeconds = 30, policy = ROBUST_LIVE_STEP_TIME_POLICY } = options
  const { rules, logger = noopLogger } = options
  const request = {
    windowSize: Math.max(1, options.windowSize ?? LIVE_STEP_TIME_REQUEST.windowSize),
    lookbackFactor: Math.max(1, options.lookbackFactor ?? LIVE_STEP_TIME_REQUEST.lookbackFactor),
  }
  const analyze = (snapshot: StepTimeSnapshot): Analysis => {
    const window = analyzeStepTime(snapshot, request)
    return { window, diagnosis: diagnoseStepTime(window, policy, rules) }
  }
  const empty = analyze(NOTHING_READ)
  let previous: { readonly snapshot: StepTimeSnapshot; readonly analysis: Analysis } | null = null
  let lastGood: { readonly analysis: Analysis; readonly atMs: number } | null = null
  let queue: Promise<unknown> = Promise.resolve()

  const refreshOnce = async (): Promise<LiveStepTimeResult> => {
    let current = empty
    let error: string | null = null
    try {
      const snapshot = await read(previous?.snapshot ?? null, request)
      const analysis: Analysis =
        previous?.snapshot === snapshot ? previous.analysis : analyze(snapshot)
      previous = { snapshot, analysis }
      current = analysis
    } catch (cause) {
      error = errorMessage(cause)
      logger.error('The Step Time read failed.', { error })
    }
    const nowMs = clock.monotonicMs()
    const isGood = current.window.metrics.length > 0
    if (isGood) lastGood = { analysis: current, atMs: nowMs }
    if (lastGood === null) return { ...current, freshness: 'cold', ageSeconds: null, error }
    const ageMs = nowMs - lastGood.atMs
    const ageSeconds = ageMs / 1000
    if (isGood) return { ...current, freshness: 'live', ageSeconds, error }
    const isYoung = ttlSeconds === null || ageMs <= ttlSeconds * 1000
    return isYoung
      ? { ...lastGood.analysis, freshness: 'bridged', ageSeconds, error }
      : { ...current, freshness: 'expired', ageSeconds, error }
  }

  return {
    refresh() {
      const result = queue.then(refreshOnce)
      queue = result.catch(() => null)
      return result
    },
  }
}
