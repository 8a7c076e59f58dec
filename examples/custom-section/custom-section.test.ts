import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { noopLogger, type Store } from '@traceml/contracts'
import { defaultSections, generateSummary } from '@traceml/reporting'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import { checkSection } from '@traceml/testing'
import openFiles from './open-files.js'

const root = mkdtempSync(join(tmpdir(), 'traceml-section-'))
after(() => rmSync(root, { recursive: true }))

/** A history in which the sampler saw these numbers of open files. */
function historyOf(name: string, counts: readonly (number | null)[]): Store {
  const path = join(root, name)
  const history = openHistory({ path })
  const rows = counts.map((files, index) => ({ seq: index, ts: index, load: 1, files }))
  const meta = { global_rank: 0, node_rank: 0, hostname: 'host', sampler: 'AcmeHostLoadSampler' }
  history.ingest({ meta, body: { tables: { host_load: rows } } }, 1n)
  history.finalize()
  return openStore(path)
}

test('keeps the rules of sections, with and without data', async () => {
  for (const [name, counts, kind] of [
    ['rising', [20, 70, 130], 'OPEN_FILES_RISING'],
    ['level', [20, 21, 20], 'NORMAL'],
    ['unmeasured', [null], 'NO_DATA'],
  ] as const) {
    const store = historyOf(name, counts)
    const payload = await checkSection(openFiles, { store, windowRows: 100, logger: noopLogger })
    await store.close()
    assert.equal(payload.diagnosis.kind, kind)
  }
})

test('stands in the report beside the built-in ones', async () => {
  const store = historyOf('report', [20, 30])
  const sections = [...defaultSections, openFiles]
  const summary = await generateSummary({
    store,
    sections,
    windowRows: 100,
    runName: 'files',
    now: new Date(),
  })
  await store.close()
  const published = summary.extra_sections?.['acme/open-files'] as {
    readonly global?: { readonly average?: unknown }
  }
  assert.deepEqual(published.global?.average, { open_files: 25 })
  assert.match(summary.text, /Open files stayed level/)
})
