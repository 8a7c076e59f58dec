import { errorMessage, plainText, TraceMLError } from '@traceml/contracts'

/** How a failure of a command is told. */
export interface Failure {
  /** One sentence, or the stack of a defect of ours. */
  readonly text: string
  /** 2 for a mistake that the user can correct, 1 for everything else. */
  readonly exitCode: number
}

const USER_ERRORS = /^TRACEML_((CONFIG|SCRIPT|RUN_NAME|SCHEMA|INPUT|PLUGIN)_|STORAGE_OPEN$)/

/** Turns anything thrown by a command into a sentence and an exit code. */
export function describeFailure(error: unknown): Failure {
  if (TraceMLError.isInstance(error)) {
    return { text: oneLine(error.message), exitCode: USER_ERRORS.test(error.code) ? 2 : 1 }
  }
  const stack = error instanceof Error ? error.stack : undefined
  return { text: plainText(stack ?? errorMessage(error)), exitCode: 1 }
}

/** Text as one sentence on one line, without anything that steers a terminal. */
export function oneLine(text: string): string {
  return plainText(text.replaceAll(/\s*[\r\n]\s*/g, ' ')).trim()
}
