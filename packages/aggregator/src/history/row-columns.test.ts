import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buffersOf, packRows, unpackRows } from './row-columns.js'

const value = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.constant(-0),
)
const row = fc.record({ id: fc.integer(), text: fc.constantFrom('a', 'b', null), any: value })

test('rows that were packed come out equal, also after their memory was handed over', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const packed = packRows(rows)
      expect(unpackRows(packed)).toEqual(rows)
      const moved = structuredClone(packed, { transfer: [...buffersOf(packed)] })
      expect(unpackRows(moved)).toEqual(rows)
    }),
  )
})

test('more different values than a byte can name are numbers or stay as they are', () => {
  const rows = Array.from({ length: 2000 }, (_, index) => ({
    number: index % 3 === 0 ? null : index / 7,
    text: `text ${index}`,
    same: 'x',
    big: 2 ** 53 - index,
  }))
  const packed = packRows(rows)
  expect(packed.columns.map(({ kind }) => kind)).toEqual(['numbers', 'plain', 'codes', 'numbers'])
  expect(unpackRows(packed)).toEqual(rows)
})

test('no rows have no columns', () => {
  expect(unpackRows(packRows([]))).toEqual([])
})
