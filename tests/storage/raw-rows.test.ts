import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openHistory, openRawRows } from '@traceml/storage/better-sqlite3'
import { expect, test } from 'vitest'
import { range, stepEnvelope } from './envelopes.js'
import { copyDatabase, countRows, DATABASES, readTable, temporaryFolder } from './support.js'

test.each(DATABASES)('%s: sizes and rows are those of the file', (name) => {
  using folder = temporaryFolder()
  const path = copyDatabase(name, folder.path)
  const rows = openRawRows(path)
  const sizes = rows.sizes()
  expect(Object.fromEntries(sizes.map(({ table, rows }) => [table, rows]))).toEqual(countRows(path))
  for (const { table } of sizes) {
    const read = [...rows.pages({ table, rank: null, newest: null })].flat()
    expect(read).toEqual(readTable(path, table))
    const newest = [...rows.pages({ table, rank: null, newest: 3 })].flat()
    expect(newest).toEqual(read.slice(-3))
  }
  rows.close()
})

test('more rows than a page, of one rank', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path })
  for (const rank of [0, 1]) writer.ingest(stepEnvelope(range(1, 1234), { global_rank: rank }), 1n)
  writer.flush()
  // While the writer has it open.
  const rows = openRawRows(path)
  const pages = [...rows.pages({ table: 'step_time_samples', rank: 1, newest: null })]
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.flat()).toHaveLength(1234)
  expect(new Set(pages.flat().map((row) => row['global_rank']))).toEqual(new Set([1]))
  expect(rows.sizes().find(({ table }) => table === 'step_time_samples')).toEqual({
    table: 'step_time_samples',
    rows: 2468,
    ranks: [0, 1],
  })
  // A reader in the middle of a table holds up no writer.
  const half = rows.pages({ table: 'step_time_samples', rank: null, newest: null })
  half.next()
  writer.ingest(stepEnvelope(range(1, 10), { global_rank: 2 }), 1n)
  writer.flush()
  expect(writer.finalize().ok).toBe(true)
  expect([...half].flat()).toHaveLength(2468 + 10 - 500)
  rows.close()
})

test('what is no history is told, and nothing is made', () => {
  using folder = temporaryFolder()
  const missing = join(folder.path, 'missing')
  expect(() => openRawRows(missing)).toThrow(`no history at ${missing}`)
  expect(existsSync(missing)).toBe(false)
  const text = join(folder.path, 'text')
  writeFileSync(text, 'not a database, and long enough to be read as one'.repeat(100))
  expect(() => openRawRows(text)).toThrow(`${text} is no database`)
  expect(readdirSync(folder.path)).toEqual(['text'])
})

test('a file that is damaged inside is named', () => {
  using folder = temporaryFolder()
  const path = copyDatabase('real_single300', folder.path)
  const bytes = readFileSync(path)
  // The second half: some page of the table, or of what leads to it.
  bytes.fill(0xa5, bytes.length >> 1)
  writeFileSync(path, bytes)
  expect(() => {
    const rows = openRawRows(path)
    try {
      for (const { table } of rows.sizes()) {
        for (const _ of rows.pages({ table, rank: null, newest: null }));
      }
    } finally {
      rows.close()
    }
  }).toThrow(`${path} is damaged`)
})
