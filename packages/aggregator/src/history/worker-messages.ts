import type { ErrorCode, LiveRowBatch } from '@traceml/contracts'
import type { FrameBatch, HistoryCommit, HistoryFinalize, HistorySettings } from './history-port.js'
import type { ReadAnswer, ReadCall } from './read-calls.js'

/** Name of a log method that travels between threads. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What the writer thread is started with. @internal */
export interface WriterData {
  readonly settings: HistorySettings
  /** Somebody looks at the rows while the run lasts. */
  readonly live: boolean
}

/** To the writer thread. @internal */
export type WriterRequest =
  | { readonly type: 'batch'; readonly batch: FrameBatch }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'finalize' }
  | { readonly type: 'read'; readonly id: number; readonly call: ReadCall }

/** From the writer thread. @internal */
export type WriterReply =
  | { readonly type: 'commit'; readonly commit: HistoryCommit }
  | { readonly type: 'rows'; readonly batch: LiveRowBatch }
  | { readonly type: 'flushed'; readonly id: number }
  | { readonly type: 'finalized'; readonly result: HistoryFinalize; readonly commit: HistoryCommit }
  | { readonly type: 'answer'; readonly id: number; readonly answer: ReadAnswer }
  | { readonly type: 'failed'; readonly id: number; readonly failure: ReadFailure }
  | {
      readonly type: 'log'
      readonly level: LogLevel
      readonly message: string
      readonly fields: Readonly<Record<string, unknown>>
    }

/** What is left of an error that crosses threads. @internal */
export interface ReadFailure {
  readonly message: string
  /** Code of an error of traceml, else null. */
  readonly code: ErrorCode | null
}
