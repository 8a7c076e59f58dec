import type { FrameBatch, HistoryCommit, HistoryFinalize } from './history-port.js'

/** Name of a log method that travels between threads. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** To the writer thread. @internal */
export type WriterRequest =
  | { readonly type: 'batch'; readonly batch: FrameBatch }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'finalize' }

/** From the writer thread. @internal */
export type WriterReply =
  | { readonly type: 'commit'; readonly commit: HistoryCommit }
  | { readonly type: 'flushed'; readonly id: number }
  | { readonly type: 'finalized'; readonly result: HistoryFinalize; readonly commit: HistoryCommit }
  | {
      readonly type: 'log'
      readonly level: LogLevel
      readonly message: string
      readonly fields: Readonly<Record<string, unknown>>
    }
