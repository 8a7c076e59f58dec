import { expect, test } from 'vitest'
import { createInputGap, type InputGap } from './input-gap.js'

const FROM_10: readonly [name: string, act: (gap: InputGap) => void, inputMs: number][] = [
  ['nothing was made', () => {}, 0],
  ['a batch was made', (gap) => gap.noteHostTensor(), 90],
  [
    'results, then a batch',
    (gap) => {
      gap.noteResults(40, 0)
      gap.noteHostTensor()
    },
    60,
  ],
  [
    'a batch, then results',
    (gap) => {
      gap.noteHostTensor()
      gap.noteResults(40, 0)
    },
    90,
  ],
  [
    'a batch that was made ahead, then a fetch',
    (gap) => {
      gap.noteHostTensor()
      gap.noteFetch(40, 0)
    },
    0,
  ],
  [
    'a fetch, then a batch of what it brought',
    (gap) => {
      gap.noteFetch(40, 5)
      gap.noteHostTensor()
    },
    65,
  ],
  [
    'other explanations',
    (gap) => {
      gap.noteHostTensor()
      gap.explain(25)
    },
    65,
  ],
]

test.each(FROM_10)('%s', (_name, act, inputMs) => {
  const gap = createInputGap()
  gap.restart(10, 0)
  act(gap)
  gap.close(100, 0)
  expect(gap.settle()).toBe(inputMs)
  expect(gap.settle()).toBe(0)
})

test('a gap whose start is not known has no input', () => {
  const gap = createInputGap()
  gap.restart(Number.NaN, 0)
  gap.noteResults(5, 0)
  gap.noteHostTensor()
  gap.close(100, 0)
  expect(gap.settle()).toBe(0)
})
