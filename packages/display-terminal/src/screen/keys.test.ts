import { expect, test } from 'vitest'
import { parseKeys } from './keys.js'

test.each<[string, readonly string[]]>([
  ['qp?', ['q', 'p', '?']],
  ['\u001B[A\u001B[B', ['up', 'down']],
  ['\u001BOA', ['up']],
  ['\u001B', ['escape']],
  ['\t\u001B[Z', ['tab', 'shift-tab']],
  ['\u001B[5~1', ['pageup', '1']],
  ['\u001B[200~x', ['x']],
  ['\u0003\u0000', []],
  ['é訓', ['é', '訓']],
])('%j', (text, keys) => {
  expect(parseKeys(text)).toEqual(keys)
})
