/** Where a component reports what it did. Implementations must not throw. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
  /** Returns a logger that adds `fields` to every message. */
  child(fields: Record<string, unknown>): Logger
}

/** A logger that drops everything: the default of every component. */
export const noopLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => noopLogger,
}
