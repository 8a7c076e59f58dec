import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { loadSections } from './load-sections.js'

const root = mkdtempSync(join(tmpdir(), 'traceml-sections-'))
afterAll(() => rmSync(root, { recursive: true }))

const section = (id: string): string =>
  `{ apiVersion: 1, kind: 'section', id: '${id}', title: 'T', indexBy: 'node_rank', load() {}, build() {} }`

function moduleOf(name: string, text: string): string {
  const path = join(root, name)
  writeFileSync(path, text)
  return pathToFileURL(path).href
}

test('sections of several modules come in order; what cannot be used is said and left out', async () => {
  const warnings: string[] = []
  const urls = [
    moduleOf('one.mjs', `export default ${section('acme/a')}`),
    moduleOf('list.mjs', `export default [${section('acme/b')}, ${section('acme/a')}]`),
    moduleOf('built-in.mjs', `export default ${section('process')}`),
    moduleOf('nothing.mjs', 'export default { id: 3 }'),
    moduleOf('broken.mjs', 'throw new Error("boom\\nagain")'),
  ]
  const sections = await loadSections(urls, { warn: (message) => warnings.push(message) })
  expect(sections.map(({ id }) => id)).toEqual(['acme/a', 'acme/b'])
  expect(warnings.map((line) => line.replace(/".*?\.mjs"/, 'M'))).toEqual([
    'The section module M has a second section with the id "acme/a"; rename it.',
    'The section module M takes the id "process" of a built-in section; rename it.',
    'The section module M has a default export that is no section: it needs apiVersion 1, kind "section", an id, a title, load() and build().',
    'The section module M failed to load: boom again; the report does without it.',
  ])
})
