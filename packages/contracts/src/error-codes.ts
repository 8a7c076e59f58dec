/** Every error code of traceml. Users match on the code, never on the message. */
export const ERROR_CODES = {
  TRACEML_CONFIG_INVALID: 'A setting, flag or environment variable has a value that cannot be used',
  TRACEML_CONFIG_FILE: 'A configuration file could not be read or has the wrong shape',
  TRACEML_SCRIPT_NOT_FOUND: 'The training script does not exist or is not a file',
  TRACEML_RUN_NAME_INVALID: 'The run name is not one safe path segment',
  TRACEML_PROTOCOL_FRAME: 'A frame is malformed, too large or not MessagePack',
  TRACEML_PROTOCOL_TOKEN: 'A peer did not present the token that this server requires',
  TRACEML_TRANSPORT_LISTEN: 'The telemetry port could not be opened',
  TRACEML_TRANSPORT_CLOSED: 'The connection is closed',
  TRACEML_STORAGE_OPEN: 'The history database could not be opened',
  TRACEML_STORAGE_SCHEMA: 'The history database lacks a table or column that is needed',
  TRACEML_STORAGE_WRITE: 'Rows could not be written to the history database',
  TRACEML_SCHEMA_INVALID: 'A file or payload does not have the documented shape',
  TRACEML_INPUT_INVALID: 'A function of the public interface was called with an unusable value',
  TRACEML_PLUGIN_DUPLICATE: 'Two plug-ins of one kind have the same id',
  TRACEML_PLUGIN_UNKNOWN: 'No plug-in with this id is registered',
  TRACEML_PLUGIN_INVALID: 'A module does not export a usable plug-in',
  TRACEML_MISSING_PACKAGE: 'An optional package is needed and not installed',
  TRACEML_SDK_MISUSE: 'A function of the SDK was called in a way that cannot work',
  TRACEML_SUMMARY_UNAVAILABLE: 'A run summary was asked for and could not be produced',
  TRACEML_DISPLAY_FAILED: 'A live view could not show or serve what it was given',
} as const

/** A documented error code. */
export type ErrorCode = keyof typeof ERROR_CODES
