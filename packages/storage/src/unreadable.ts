import { errorMessage, StorageError } from '@traceml/contracts'

/** What to do about the result codes of SQLite that have a known cause. */
const ADVICE: readonly (readonly [code: string, problem: string, advice: string])[] = [
  ['SQLITE_BUSY', 'is locked by another process', 'try again when that has ended'],
  ['SQLITE_LOCKED', 'is locked by another process', 'try again when that has ended'],
  ['SQLITE_NOTADB', 'is no database', "give the path of a run's telemetry file"],
  ['SQLITE_CORRUPT', 'is damaged', 'copy it again, or use the report that the run has written'],
  ['SQLITE_CANTOPEN', 'cannot be opened', 'check its permissions and those of its folder'],
]

/** The error for a history that cannot be read: one sentence that names it and says what to do. */
export function unreadable(name: string, cause: unknown): StorageError {
  const code = (cause as { readonly code?: unknown } | null)?.code
  const known = ADVICE.find(([prefix]) => typeof code === 'string' && code.startsWith(prefix))
  const [, problem, advice] = known ?? [
    '',
    'cannot be read',
    'check that it is a history of traceml and not damaged',
  ]
  return new StorageError(
    'TRACEML_STORAGE_OPEN',
    `${name} ${problem} (${errorMessage(cause)}); ${advice}.`,
    { cause, details: { name, code: typeof code === 'string' ? code : null } },
  )
}
