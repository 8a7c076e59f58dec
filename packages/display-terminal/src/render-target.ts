import type { RenderTarget } from '@traceml/contracts'

/** What of a stream decides how to draw on it; `process.stderr` is one. */
export interface TerminalStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24
const MIN_COLUMNS = 20

function wantsColor(
  interactive: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return interactive
}

/**
 * Describes a stream as a place to draw.
 *
 * @param environment - Reads `NO_COLOR`, `FORCE_COLOR` and `TERM`; pass `process.env`.
 */
export function describeTarget(
  stream: TerminalStream,
  environment: Readonly<Record<string, string | undefined>> = {},
): RenderTarget {
  const interactive = stream.isTTY === true && environment['TERM'] !== 'dumb'
  return {
    columns: Math.max(MIN_COLUMNS, stream.columns ?? DEFAULT_COLUMNS),
    rows: stream.rows ?? DEFAULT_ROWS,
    color: wantsColor(interactive, environment),
    interactive,
  }
}
