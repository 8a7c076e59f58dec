import fc from 'fast-check'
import { expect, test } from 'vitest'
import { summaryJson } from './summary-json.js'

test('lists of numbers take one line, everything else is indented', () => {
  const summary = {
    at: [1, -2.5, null, 1e-7],
    names: ['a', '[\n1,\n2\n]'],
    none: [],
    deep: [{ x: [0] }],
  }
  expect(summaryJson(summary)).toMatchInlineSnapshot(`
    "{
      "at": [1, -2.5, null, 1e-7],
      "names": [
        "a",
        "[\\n1,\\n2\\n]"
      ],
      "none": [],
      "deep": [
        {
          "x": [0]
        }
      ]
    }
    "
  `)
})

test('it is the JSON of its argument, whatever that holds', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect(JSON.parse(summaryJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
