import { createLiveSourceFixture, liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import type { Panel } from './panel.js'
import { type OutputView, ViewSession } from './view-session.js'

const TARGET = { columns: 120, rows: 40, color: false, interactive: true }

/** Output to which lines can be added. */
function printed(): OutputView & { print(text: string): void } {
  const lines: { text: string }[] = []
  return {
    poll: () => lines.length,
    lines: (rank) => (rank === null ? lines : null),
    print: (text) => lines.push({ text }),
  }
}

function textOf(session: ViewSession, nowMs = 0): string {
  return session.draw(TARGET, nowMs).join('\n')
}

test('before the first payload there are keys, and that it starts', () => {
  const session = new ViewSession(null, [], 0)
  expect(textOf(session)).toMatch(/TraceML {2}starting[\s\S]*q leave/)
  expect(session.press('down', TARGET, 0)).toBe(false)
  expect(session.press('q', TARGET, 0)).toBe(true)
})

test('paused, payload and output stand still; then the newest are there', () => {
  const source = createLiveSourceFixture('single', 30)
  const output = printed()
  const session = new ViewSession(output, [], 0)
  session.update(source.payload(), 0)
  output.print('first')
  const step = /step \d+ /.exec(textOf(session))![0]
  session.press('p', TARGET, 1_000)
  source.advance()
  session.update(source.payload(), 2_000)
  output.print('second')
  const paused = textOf(session, 4_500)
  expect(paused).toContain(step)
  expect(paused).toContain('PAUSED 0:03')
  expect(paused).toContain('first')
  expect(paused).not.toContain('second')
  session.press('p', TARGET, 5_000)
  expect(textOf(session, 5_000)).not.toContain(step)
  expect(textOf(session, 5_000)).toContain('second')
})

test('scrolled back, output stands still until its end is reached again', () => {
  const output = printed()
  const session = new ViewSession(output, [], 0)
  session.update(liveFixture('single'), 0)
  for (let line = 0; line < 100; line += 1) output.print(`line ${line}.`)
  session.press('pageup', TARGET, 0)
  expect(textOf(session)).not.toContain('line 99.')
  const before = textOf(session)
  output.print('line 100.')
  expect(textOf(session)).toBe(before)
  session.press('pagedown', TARGET, 0)
  expect(textOf(session)).toContain('line 100.')
})

test('a rank without output of its own has that of the payload', () => {
  const session = new ViewSession(printed(), [], 0)
  session.update(liveFixture('straggler'), 0)
  session.press('3', TARGET, 0)
  expect(textOf(session)).toMatch(/Output · rank 3[\s\S]*rank 3 step 250/)
  expect(textOf(session)).not.toMatch(/^rank 2 step/m)
})

test('the first arrow goes to the rank that is gone, or to the culprit', () => {
  for (const [name, rank] of [
    ['stalled', 3],
    ['straggler', 5],
  ] as const) {
    const session = new ViewSession(null, [], 0)
    session.update(liveFixture(name), 0)
    session.press('down', TARGET, 0)
    expect(textOf(session)).toContain(`Step time · rank ${rank}`)
  }
})

test('an aggregator that says nothing any more is told, and sentences go after a while', () => {
  const session = new ViewSession(null, [], 0)
  session.update(liveFixture('single'), 0)
  session.notify('The training goes on.', 0)
  expect(textOf(session, 1_000)).toContain('! The training goes on.')
  session.fingerprint(TARGET, 20_000)
  const later = textOf(session, 20_000)
  expect(later).not.toContain('The training goes on.')
  expect(later).toContain('no news from the aggregator for 0:20')
})

test('the fingerprint changes with what is shown, and only then', () => {
  const output = printed()
  const session = new ViewSession(output, [], 0)
  session.update(liveFixture('single'), 0)
  const first = session.fingerprint(TARGET, 0)
  expect(session.fingerprint(TARGET, 100)).toBe(first)
  output.print('line')
  const second = session.fingerprint(TARGET, 100)
  expect(second).not.toBe(first)
  session.press('tab', TARGET, 100)
  const third = session.fingerprint(TARGET, 100)
  expect(third).not.toBe(second)
  expect(session.fingerprint({ ...TARGET, columns: 80 }, 100)).not.toBe(third)
})

test('what panels throw is collected', () => {
  const panel: Panel = {
    apiVersion: 1,
    kind: 'renderer',
    id: 'acme/broken',
    surface: 'terminal',
    render: () => {
      throw new Error('no loss')
    },
  }
  const session = new ViewSession(null, [panel], 0)
  session.update(liveFixture('single'), 0)
  textOf(session)
  expect([...session.errors]).toEqual([['acme/broken', 'no loss']])
})
