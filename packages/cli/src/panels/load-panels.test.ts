import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadPanels } from './load-panels.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traceml-panels-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function module(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return pathToFileURL(join(folder, name)).href
}

const panel = (id: string, surface = 'terminal'): string =>
  `{ apiVersion: 1, kind: 'renderer', id: '${id}', surface: '${surface}', render: () => [] }`

test('one panel, a list of panels, TypeScript', async () => {
  const one = module('one.mjs', `export default ${panel('acme/one')}`)
  const list = module(
    'list.mts',
    `const id: string = 'x'; export default [${panel('acme/list')}, ${panel('acme/list', 'html')}]`,
  )
  const { panels, problems } = await loadPanels([one, list])
  expect(problems).toEqual([])
  expect(panels.map(({ id, surface }) => `${id} ${surface}`)).toEqual([
    'acme/one terminal',
    'acme/list terminal',
    'acme/list html',
  ])
})

test.each([
  [
    'a module that throws',
    'throw new Error("boom")',
    /failed to load: boom; the view does without/,
  ],
  ['no panel', 'export default { id: "x" }', /is no panel: it needs apiVersion 1/],
  ['no default export', 'export const a = 1', /is no panel/],
  [
    'an id twice',
    `export default [${panel('a')}, ${panel('a')}]`,
    /second terminal panel with the id "a"/,
  ],
])('%s: one sentence, and the others are there', async (_name, text, expected) => {
  const good = module('good.mjs', `export default ${panel('acme/good')}`)
  const bad = module('bad.mjs', text)
  const { panels, problems } = await loadPanels([bad, good])
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(expected)
  expect(panels.at(-1)?.id).toBe('acme/good')
})
