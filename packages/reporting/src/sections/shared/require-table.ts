import { type SectionContext, StorageError } from '@traceml/contracts'

/**
 * Checks that the history has the table of a section: a file without it was not written to the end,
 * or is no history.
 *
 * @throws {StorageError} `TRACEML_STORAGE_SCHEMA` when it has not.
 */
export async function requireTable({ store }: SectionContext, table: string): Promise<void> {
  const missing = (await store.missingTables?.()) ?? []
  if (!missing.includes(table)) return
  throw new StorageError(
    'TRACEML_STORAGE_SCHEMA',
    `The history has no table ${table}; check that it is the telemetry file of a run and complete.`,
    { details: { table } },
  )
}
