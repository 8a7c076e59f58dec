/** A prepared statement, as far as this package uses it (better-sqlite3 has this shape). */
export interface SqliteStatement {
  run(...values: readonly unknown[]): {
    readonly changes: number
    readonly lastInsertRowid: number | bigint
  }
  all(...values: readonly unknown[]): unknown[]
  get(...values: readonly unknown[]): unknown
  iterate(...values: readonly unknown[]): IterableIterator<unknown>
  /** Rows as arrays instead of objects. */
  raw(toggle?: boolean): SqliteStatement
}

/** A synchronous SQLite connection: the only thing this package needs of a driver. */
export interface SqliteHandle {
  prepare(sql: string): SqliteStatement
  pragma(source: string, options?: { readonly simple?: boolean }): unknown
  readonly inTransaction: boolean
  close(): unknown
}
