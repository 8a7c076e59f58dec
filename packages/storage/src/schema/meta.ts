import type { SqliteHandle } from '../handle.js'
import { builder } from './builder.js'
import { STORAGE_SCHEMA_VERSION } from './migrate.js'

/** Facts about a history file, written into `traceml_meta` when it is opened for writing. */
export interface HistoryFacts {
  readonly productVersion?: string
  readonly sessionId?: string
  /** Unix seconds. */
  readonly startedAt?: number
}

/** Writes the facts that are given; earlier values of the same keys are replaced. */
export function writeFacts(handle: SqliteHandle, facts: HistoryFacts): void {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['schema_version', String(STORAGE_SCHEMA_VERSION)],
    ['product_version', facts.productVersion],
    ['session_id', facts.sessionId],
    ['started_at', facts.startedAt === undefined ? undefined : String(facts.startedAt)],
  ]
  const query = builder
    .insertInto('traceml_meta')
    .values({ key: '', value: '' })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .compile()
  const statement = handle.prepare(query.sql)
  for (const [key, value] of values) if (value !== undefined) statement.run(key, value)
}
