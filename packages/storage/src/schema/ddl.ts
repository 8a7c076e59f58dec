import { builder } from './builder.js'
import { TABLE_COLUMNS } from './columns.js'
import type { IndexSpec } from './indexes.js'
import type { SampleTable } from './tables.js'

/** `create table if not exists` of a sample table. */
export function createTableSql(table: SampleTable): string {
  let create = builder.schema
    .createTable(table)
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
  for (const { name, type, notNull } of TABLE_COLUMNS[table]) {
    create = create.addColumn(name, type, (column) => (notNull ? column.notNull() : column))
  }
  return create.compile().sql
}

/** `create table if not exists` of the lists of names that rows of layers share. */
export function createLayerListsSql(): string {
  return builder.schema
    .createTable('layer_lists')
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('layers_json', 'text', (column) => column.notNull())
    .compile().sql
}

/** `create table if not exists` of the table with facts about the file. */
export function createMetaTableSql(): string {
  return builder.schema
    .createTable('traceml_meta')
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'text')
    .compile().sql
}

/** `create index if not exists`. */
export function createIndexSql(index: IndexSpec): string {
  return builder.schema
    .createIndex(index.name)
    .ifNotExists()
    .on(index.table)
    .columns([...index.columns])
    .compile().sql
}

/** `insert` of one row with every column but `id`, values by position in column order. */
export function insertSql(table: SampleTable): string {
  const row = Object.fromEntries(TABLE_COLUMNS[table].map(({ name }) => [name, 0]))
  // The values are placeholders: only the text of the query is used.
  return builder
    .insertInto(table)
    .values(row as never)
    .compile().sql
}
