import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { FinalSummary, Scalar } from '@traceml/contracts'
import { errorMessage, TraceMLError, toScalars } from '@traceml/contracts'
import type { RuntimeHandle } from '../active-runtime.js'
import { activeRuntime } from '../active-runtime.js'
import { sessionDirectory } from '../lifecycle/runtime-options.js'
import type { SummaryResponse } from './summary-request.js'
import { readJson, readSummaryResponse, writeSummaryRequest } from './summary-request.js'
import { now } from './timing.js'

const FLUSH_MS = 5_000

/** Options of {@link summary} and {@link finalSummary}. */
export interface SummaryOptions {
  /** Seconds to wait for the answer; default 30. */
  readonly timeoutSeconds?: number
  /** Seconds between two looks; default 0.1. */
  readonly pollIntervalSeconds?: number
  /** Also print the report's text to stdout; default false. */
  readonly printText?: boolean
  /** Only rank 0 asks, the others get null; default true. */
  readonly rank0Only?: boolean
  readonly signal?: AbortSignal
}

/**
 * The report of the run so far: a snapshot that includes everything recorded before the call. The
 * aggregator still writes the final one at the end.
 * @returns Null without a run, and on other ranks than 0.
 * @throws {TraceMLError} `TRACEML_SUMMARY_UNAVAILABLE` when there is no history, no answer in time
 * or no summary could be made.
 */
export async function finalSummary(options: SummaryOptions = {}): Promise<FinalSummary | null> {
  const runtime = activeRuntime()
  if (runtime === null || !runtime.active) return null
  if ((options.rank0Only ?? true) && runtime.options.identity.globalRank !== 0) return null
  if (!runtime.options.historyEnabled) {
    throw unavailable('This run keeps no history (--no-history); leave that flag out.')
  }
  const response = await request(runtime, options)
  const payload =
    response.summary_json_path === null ? null : await readJson(response.summary_json_path)
  if (typeof payload !== 'object' || payload === null) {
    throw unavailable(
      `The summary ${response.summary_json_path ?? '(no path)'} cannot be read; look into the aggregator's log in ${sessionDirectory(runtime.options)}.`,
    )
  }
  if (options.printText === true) await printText(response.summary_txt_path)
  return payload as FinalSummary
}

/** The same as one flat map for an experiment tracker, keys `traceml/…`. */
export async function summary(
  options: SummaryOptions = {},
): Promise<Readonly<Record<string, Scalar>> | null> {
  const payload = await finalSummary(options)
  return payload === null ? null : toScalars(payload)
}

async function request(runtime: RuntimeHandle, options: SummaryOptions): Promise<SummaryResponse> {
  const timeoutMs = (options.timeoutSeconds ?? 30) * 1000
  const pollMs = Math.max(1, (options.pollIntervalSeconds ?? 0.1) * 1000)
  const end = now() + timeoutMs
  const root = sessionDirectory(runtime.options)
  await runtime.flush(Math.min(FLUSH_MS, timeoutMs))
  const id = await writeRequest(runtime, root)
  for (;;) {
    options.signal?.throwIfAborted()
    const response = await readSummaryResponse(root, id)
    if (response?.status === 'ok') return response
    if (response !== null) {
      throw unavailable(`The aggregator could not make a summary: ${response.error ?? 'unknown'}.`)
    }
    if (now() >= end) {
      throw unavailable(
        `No summary came within ${timeoutMs / 1000} s for the session ${root}; check that its aggregator runs with the same session id and logs folder.`,
      )
    }
    await delay(Math.min(pollMs, Math.max(1, end - now())))
  }
}

async function writeRequest(runtime: RuntimeHandle, root: string): Promise<string> {
  try {
    return await writeSummaryRequest(root, runtime.options.identity, new Date())
  } catch (error) {
    throw unavailable(
      `The request for a summary could not be written to ${root} (${errorMessage(error)}); make the folder writable.`,
      error,
    )
  }
}

async function printText(path: string | null): Promise<void> {
  if (path === null) return
  try {
    process.stdout.write(await readFile(path, 'utf8'))
  } catch {
    // The summary itself is there; its text is a courtesy.
  }
}

function unavailable(message: string, cause?: unknown): TraceMLError {
  return new TraceMLError('TRACEML_SUMMARY_UNAVAILABLE', message, { cause })
}
