import type { Logger } from '@traceml/contracts'

const MAX_MESSAGES = 50

/**
 * A logger that hands each different warning or error to `warn` once, and drops everything below.
 *
 * @param warn - Must not throw.
 */
export function createWarningLogger(warn: (message: string) => void): Logger {
  const seen = new Set<string>()
  const report = (message: string, fields: Record<string, unknown> = {}): void => {
    const text = asSentence(message, fields['error'])
    // Bounded: a message that carries a changing number must not fill the memory of a long run.
    if (seen.has(text) || seen.size >= MAX_MESSAGES) return
    seen.add(text)
    warn(text)
  }
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: report,
    error: report,
    child: () => logger,
  }
  return logger
}

/** A log message with its cause, as a sentence for people. */
function asSentence(message: string, cause: unknown): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, '')
  return typeof cause === 'string' && cause !== '' ? `${text} (${cause}).` : `${text}.`
}
