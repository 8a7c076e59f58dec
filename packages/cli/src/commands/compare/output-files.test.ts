import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { labelsForPaths } from '@traceml/compare'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseFiles, writeFiles } from './output-files.js'

interface LabelCase {
  readonly lhs_path: string
  readonly rhs_path: string
  readonly output: string | null
  readonly base: string
}

const { label_cases: cases } = JSON.parse(
  readFileSync(
    new URL('../../../../../tests/reporting/vectors/compare.json', import.meta.url),
    'utf8',
  ).replaceAll('NaN', 'null'),
) as { readonly label_cases: readonly LabelCase[] }

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'traceml-compare-'))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('the published bases, with the suffix appended instead of replacing the last part', () => {
  test.each(cases)('$lhs_path, $rhs_path, $output', ({ lhs_path, rhs_path, output, base }) => {
    const labels = labelsForPaths(lhs_path, rhs_path)
    const name = `${labels.lhs}_vs_${labels.rhs}`
    const relative = output?.startsWith('/') ? `.${output}` : output
    const files = chooseFiles(relative, { cwd: root, name, paths: [] })
    expect(files).toEqual({
      json: `${resolve(root, `.${base}`)}.json`,
      text: `${resolve(root, `.${base}`)}.txt`,
    })
  })
})

const document = (...paths: string[]): object => ({
  verdict: {},
  sections: {},
  lhs: { path: paths[0] },
  rhs: { path: paths[1] },
})
const table = (...paths: string[]): object => ({
  baseline: { path: paths[0] },
  comparisons: paths.slice(1).map((path) => ({ rhs: { path } })),
})
const TEXT = '+--+\n|  TraceML Compare |\n+--+'

test.each([document, table])('the same comparison again takes its own files', (make) => {
  const options = { cwd: root, name: 'a_vs_b', paths: ['/1/a', '/1/b'] }
  const first = chooseFiles(null, options)
  writeFiles(first, make('/1/a', '/1/b'), TEXT)
  expect(chooseFiles(null, options)).toEqual(first)
})

test('another comparison of the same names gets a number and loses nothing', () => {
  const first = chooseFiles(null, { cwd: root, name: 'a_vs_b', paths: ['/1/a', '/1/b'] })
  writeFiles(first, document('/1/a', '/1/b'), TEXT)
  const second = chooseFiles(null, { cwd: root, name: 'a_vs_b', paths: ['/2/a', '/2/b'] })
  expect(second.json).toBe(join(root, 'compare', 'a_vs_b-2.json'))
})

test('a base that was named may replace a comparison, and nothing else', () => {
  const options = { cwd: root, name: 'x', paths: ['/2/a', '/2/b'] }
  const first = chooseFiles('out/mine', options)
  writeFiles(first, document('/1/a', '/1/b'), TEXT)
  expect(chooseFiles('out/mine.json', options)).toEqual(first)
  mkdirSync(join(root, 'logs'))
  const summary = join(root, 'logs', 'final_summary.json')
  writeFileSync(summary, '{"schema_version": 1.7, "system": {}}')
  expect(() => chooseFiles('logs/final_summary.json', options)).toThrow(
    /final_summary\.json or its \.txt exists and is no comparison, so it is not overwritten/,
  )
  expect(existsSync(join(root, 'logs', 'final_summary.txt'))).toBe(false)
  const notes = join(root, 'notes.txt')
  writeFileSync(notes, 'my own')
  expect(() => chooseFiles('notes.txt', options)).toThrow(/is not overwritten/)
})
