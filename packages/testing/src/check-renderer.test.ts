import { defineRenderer, type Renderer, type RenderTarget } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkRenderer } from './check-renderer.js'

function renderer(
  render: (payload: { value: number }, target: RenderTarget) => readonly string[] | null,
): Renderer<{ value: number }> {
  return defineRenderer({ apiVersion: 1, kind: 'renderer', id: 'x', surface: 'terminal', render })
}

test('a renderer that keeps the contract', () => {
  checkRenderer(
    renderer(({ value }, target) => [
      target.color ? `\u001B[1m${value}\u001B[22m` : String(value),
      '-'.repeat(target.columns),
    ]),
    [{ value: 1 }],
  )
  checkRenderer(
    renderer(() => null),
    [{ value: 1 }],
  )
})

let calls = 0
test.each<[string, Renderer<{ value: number }>]>([
  ['returned a line with a line end', renderer(() => ['a\nb'])],
  ['characters at 20 columns', renderer(() => ['-'.repeat(21)])],
  ['used colours', renderer(() => ['\u001B[31mred\u001B[39m'])],
  ['moved the cursor', renderer(() => ['\u001B[2A'])],
  [
    'must keep no state',
    renderer(() => {
      calls += 1
      return [String(calls)]
    }),
  ],
  [
    'modified the payload',
    renderer((payload) => {
      payload.value = 2
      return ['a']
    }),
  ],
])('refuses one that %s', (problem, bad) => {
  expect(() => checkRenderer(bad, [{ value: 1 }])).toThrow(problem)
})

test('refuses to check nothing', () => {
  expect(() =>
    checkRenderer(
      renderer(() => null),
      [],
    ),
  ).toThrow('without a payload')
})
