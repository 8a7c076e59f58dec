import { sql } from 'kysely'
import type { SqliteHandle, SqliteStatement } from '../handle.js'
import { builder } from '../schema/builder.js'

/** The statements around a transaction. */
export interface Transaction {
  begin(): void
  commit(): void
  /** Ends the transaction if the database has not done so itself. Never throws. */
  rollback(): void
}

/** Prepares a transaction; `immediate` takes the write lock at once. */
export function prepareTransaction(
  handle: SqliteHandle,
  kind: 'immediate' | 'deferred',
): Transaction {
  const begin = prepare(handle, kind === 'immediate' ? 'begin immediate' : 'begin deferred')
  const commit = prepare(handle, 'commit')
  const rollback = prepare(handle, 'rollback')
  return {
    begin: () => void begin.run(),
    commit: () => void commit.run(),
    rollback: () => {
      try {
        if (handle.inTransaction) rollback.run()
      } catch {
        // The connection is beyond help; the next statement says why.
      }
    },
  }
}

function prepare(
  handle: SqliteHandle,
  text: 'begin immediate' | 'begin deferred' | 'commit' | 'rollback',
): SqliteStatement {
  return handle.prepare(sql.raw(text).compile(builder).sql)
}
