import { expect, test } from 'vitest'
import { makeRoomInStacks } from './stack-limit.js'

test('the limit is raised and set back, unless the program chose one', () => {
  const before = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 10
    const undo = makeRoomInStacks()
    expect(Error.stackTraceLimit).toBe(20)
    undo()
    expect(Error.stackTraceLimit).toBe(10)
    const second = makeRoomInStacks()
    Error.stackTraceLimit = 50
    second()
    expect(Error.stackTraceLimit).toBe(50)
    for (const limit of [0, Number.POSITIVE_INFINITY]) {
      Error.stackTraceLimit = limit
      makeRoomInStacks()
      expect(Error.stackTraceLimit).toBe(limit)
    }
  } finally {
    Error.stackTraceLimit = before
  }
})
