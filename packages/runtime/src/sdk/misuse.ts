import { InputError } from '@traceml/contracts'

/** An error of the caller of the SDK: what was given, and what to give instead. */
export function misuse(message: string): InputError {
  return new InputError('TRACEML_SDK_MISUSE', message)
}

/** How a wrong argument is named in a message. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'string' ? JSON.stringify(value) : `a value of type ${typeof value}`
}
