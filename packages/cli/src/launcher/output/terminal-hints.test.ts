import { expect, test } from 'vitest'
import { withTerminalHints } from './terminal-hints.js'

const TERMINAL = { columns: 120, rows: 40, colorDepth: 8 }

test('programs are told the size of the terminal and that colours are welcome', () => {
  expect(withTerminalHints({ PATH: '/bin' }, TERMINAL)).toEqual({
    PATH: '/bin',
    COLUMNS: '120',
    LINES: '40',
    PYTHONUNBUFFERED: '1',
    FORCE_COLOR: '2',
  })
})

test.each([
  [
    'what the user has set stays',
    { COLUMNS: '60', FORCE_COLOR: '0' },
    { COLUMNS: '60', FORCE_COLOR: '0' },
  ],
  ['no colours for who wants none', { NO_COLOR: '1' }, { NO_COLOR: '1', FORCE_COLOR: undefined }],
])('%s', (_name, environment, expected) => {
  expect({ FORCE_COLOR: undefined, ...withTerminalHints(environment, TERMINAL) }).toMatchObject(
    expected,
  )
})

test.each([null, 1])('no word of colours at a depth of %s', (colorDepth) => {
  expect(withTerminalHints({}, { ...TERMINAL, colorDepth })).not.toHaveProperty('FORCE_COLOR')
})
