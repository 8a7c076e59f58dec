import { readFileSync } from 'node:fs'
import { toScalars } from '@traceml/contracts'
import { expect, test } from 'vitest'

const file = new URL('vectors/compact_summary.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: { payload: unknown; expected: unknown }[]
}

test.each(cases.map((one, index) => [index, one] as const))('vector %i', (_index, one) => {
  const compact = one.payload === null ? null : toScalars(one.payload as object)
  expect(compact).toEqual(one.expected)
  if (compact !== null) expect(Object.keys(compact)).toEqual(Object.keys(one.expected as object))
})
