import { expect, test } from 'vitest'
import {
  type ChoiceContext,
  type Choices,
  chooseByKey,
  NO_CHOICES,
  settleTyping,
} from './choices.js'

const CONTEXT: ChoiceContext = {
  ranks: [0, 1, 2, 12],
  notableRank: 2,
  pages: ['step-time', 'output'],
  pageLines: 10,
  outputLines: 35,
  nowMs: 0,
}

function press(keys: readonly string[], context: Partial<ChoiceContext> = {}): Choices {
  return keys.reduce(
    (choices, key) => chooseByKey(choices, key, { ...CONTEXT, ...context }),
    NO_CHOICES,
  )
}

test.each<[string, readonly string[], Partial<Choices>]>([
  ['the first arrow selects the rank of the verdict', ['down'], { selectedRank: 2 }],
  ['arrows go on and around', ['down', 'down', 'down'], { selectedRank: 0 }],
  ['up', ['up', 'up'], { selectedRank: 1 }],
  ['digits in a row are one number', ['1', '2'], { selectedRank: 12, typed: '12' }],
  ['a number that is no rank changes nothing', ['7'], { selectedRank: null, typed: '7' }],
  ['escape goes back to everything', ['down', 'tab', 'escape'], { selectedRank: null, page: null }],
  ['tab turns pages', ['tab', 'tab'], { page: 'output' }],
  ['and comes back to the overview', ['tab', 'tab', 'tab'], { page: null }],
  ['shift-tab turns back', ['shift-tab'], { page: 'output' }],
  ['help and back', ['?'], { page: 'help' }],
  ['help twice', ['?', '?'], { page: null }],
  ['output scrolls back to its beginning at most', ['home'], { scrolledBack: 34 }],
  ['and forward to its end at most', ['pageup', 'pagedown', 'pagedown'], { scrolledBack: 0 }],
  ['pause and go on', ['p'], { isPaused: true }],
  ['pause twice', ['p', 'space'], { isPaused: false }],
  ['leave', ['q'], { hasLeft: true }],
])('%s', (_name, keys, expected) => {
  expect(press(keys)).toMatchObject(expected)
})

test('a key without a meaning changes nothing', () => {
  expect(press(['x', 'enter'])).toBe(NO_CHOICES)
  expect(press(['down'], { ranks: [] })).toBe(NO_CHOICES)
})

test('digits that come later begin a new number', () => {
  const first = chooseByKey(NO_CHOICES, '1', CONTEXT)
  const later = chooseByKey(first, '2', { ...CONTEXT, nowMs: 5_000 })
  expect(later).toMatchObject({ selectedRank: 2, typed: '2' })
  expect(settleTyping(later, 5_100).typed).toBe('2')
  expect(settleTyping(later, 9_000)).toMatchObject({ selectedRank: 2, typed: '' })
})
