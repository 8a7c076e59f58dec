import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { HistoryTables } from './tables.js'

function createBuilder(): Kysely<HistoryTables> {
  return new Kysely<HistoryTables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

/**
 * Builds and compiles queries; never runs one. Compiled queries are run on the SQLite handle, which
 * is synchronous and several times faster than going through a Kysely driver.
 */
export const builder: Kysely<HistoryTables> = /* @__PURE__ */ createBuilder()
