import type { ErrorCode } from './error-codes.js'
import type { JsonObject } from './json.js'

const MARKER: unique symbol = Symbol.for('traceml.error') as never

/** Options of {@link TraceMLError}. */
export interface TraceMLErrorOptions {
  /** The error that led here; always passed when there is one. */
  readonly cause?: unknown
  /** Machine-readable facts about the failure. */
  readonly details?: JsonObject
}

/**
 * The one base class of errors that traceml throws on purpose.
 *
 * The message is one sentence with the offending value and what to do. Recognise it with
 * {@link TraceMLError.isInstance}, which also works across duplicate installs of this package.
 */
export class TraceMLError extends Error {
  readonly code: ErrorCode
  readonly details: JsonObject

  constructor(code: ErrorCode, message: string, options: TraceMLErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TraceMLError'
    this.code = code
    this.details = options.details ?? {}
    Object.defineProperty(this, MARKER, { value: true })
  }

  /** True for an error of traceml, whichever copy of this package made it. */
  static isInstance(error: unknown): error is TraceMLError {
    return (
      typeof error === 'object' &&
      error !== null &&
      (error as Record<symbol, unknown>)[MARKER] === true
    )
  }
}

/** A setting, flag, file or environment variable is wrong. */
export class ConfigError extends TraceMLError {
  override readonly name: string = 'ConfigError'
}
/** Bytes on the wire break the protocol. */
export class ProtocolError extends TraceMLError {
  override readonly name: string = 'ProtocolError'
}
/** A socket could not do its work. */
export class TransportError extends TraceMLError {
  override readonly name: string = 'TransportError'
}
/** The history database could not do its work. */
export class StorageError extends TraceMLError {
  override readonly name: string = 'StorageError'
}
/** A file or payload has the wrong shape. */
export class SchemaError extends TraceMLError {
  override readonly name: string = 'SchemaError'
}
/** A plug-in is unknown, duplicate or malformed. */
export class PluginError extends TraceMLError {
  override readonly name: string = 'PluginError'
}
/** An optional package is missing. */
export class MissingPackageError extends TraceMLError {
  override readonly name: string = 'MissingPackageError'
}
/** A public function got a value that it cannot work with. */
export class InputError extends TraceMLError {
  override readonly name: string = 'InputError'
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
