/** What is known of the terminal that the output would have gone to. */
export interface TerminalFacts {
  readonly columns: number
  readonly rows: number
  /** As `getColorDepth` says; null: the output is not all for a terminal. */
  readonly colorDepth: number | null
}

/**
 * The environment of a training whose output is captured although it would have gone to a terminal:
 * programs that ask are told its size and that colours are welcome, and Python not to hold lines
 * back. What the user has set stays.
 */
export function withTerminalHints(
  environment: NodeJS.ProcessEnv,
  { columns, rows, colorDepth }: TerminalFacts,
): NodeJS.ProcessEnv {
  const level = colorDepth === null ? undefined : COLOR_LEVELS[colorDepth]
  const wantsNoColor = (environment['NO_COLOR'] ?? '') !== ''
  return {
    COLUMNS: String(columns),
    LINES: String(rows),
    PYTHONUNBUFFERED: '1',
    ...(level === undefined || wantsNoColor ? {} : { FORCE_COLOR: level }),
    ...environment,
  }
}

const COLOR_LEVELS: Readonly<Record<number, string>> = { 4: '1', 8: '2', 24: '3' }

/** The terminal of this process. */
export function terminalFacts(): TerminalFacts {
  const { stdout, stderr } = process
  return {
    columns: stderr.columns ?? 80,
    rows: stderr.rows ?? 24,
    colorDepth: stdout.isTTY === true ? stderr.getColorDepth() : null,
  }
}
