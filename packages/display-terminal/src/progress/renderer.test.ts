import type { RenderTarget, RunProgress } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { progressRenderer } from './renderer.js'

const TARGET: RenderTarget = { columns: 80, rows: 24, color: false, interactive: true }

const UNMEASURED: RunProgress['phasesMs'] = {
  input_wait: null,
  h2d: null,
  forward: null,
  backward: null,
  optimizer_step: null,
  traced_step_time: null,
}

const LIVE: RunProgress = {
  status: 'live',
  elapsedSeconds: 72.9,
  lastRowAgeSeconds: 0.4,
  ranksExpected: 1,
  ranksSeen: 1,
  ranksFinished: 0,
  stepsCompleted: 480,
  stepsPerSecond: 12.345,
  phasesMs: {
    input_wait: 38,
    h2d: null,
    forward: 10,
    backward: 22,
    optimizer_step: 3,
    traced_step_time: 41,
  },
  rowsWritten: 900,
  lost: 0,
}

function draw(progress: Partial<RunProgress>, target: Partial<RenderTarget> = {}): string {
  const lines = progressRenderer.render({ ...LIVE, ...progress }, { ...TARGET, ...target })
  return `\n${lines!.join('\n')}\n`
}

test('a running training', () => {
  expect(draw({})).toMatchInlineSnapshot(`
    "
    TraceML  1:12  step 480  12.3 steps/s  79.0 ms/step
    ████████████████████████████▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░▚▚·····
    █ input wait 48%  ▒ forward 13%  ░ backward 28%  ▚ optimizer 4%  · rest 8%
    "
  `)
})

test('before the first step', () => {
  expect(
    draw({
      status: 'waiting',
      stepsCompleted: 0,
      stepsPerSecond: null,
      lastRowAgeSeconds: null,
      phasesMs: UNMEASURED,
    }),
  ).toMatchInlineSnapshot(`
    "
    TraceML  1:12  waiting for the first step
    "
  `)
})

test('stale data and losses say so, with the age', () => {
  expect(
    draw({ status: 'stale', lastRowAgeSeconds: 12.7, lost: 1, ranksExpected: 4, ranksSeen: 3 }),
  ).toMatchInlineSnapshot(`
    "
    TraceML  1:12  step 480  12.3 steps/s  79.0 ms/step  3/4 ranks
    ████████████████████████████▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░▚▚·····
    █ input wait 48%  ▒ forward 13%  ░ backward 28%  ▚ optimizer 4%  · rest 8%
    ! stale: no data for 12 s, 1 record lost
    "
  `)
})

test('unmeasured phases are left out of the bar and never drawn as zero', () => {
  const text = draw({
    phasesMs: { ...UNMEASURED, traced_step_time: 100, input_wait: 0, forward: 40 },
  })
  expect(text).toContain('input wait 0%')
  expect(text).toContain('forward 40%')
  expect(text).not.toContain('backward')
  // Without a backward time the rest of the step is not "rest".
  expect(text).not.toContain('rest')
})

test('every line fits, colours included', () => {
  for (const columns of [20, 40, 80]) {
    for (const line of draw({ lost: 7, status: 'stale' }, { columns, color: true }).split('\n')) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: removes terminal colours.
      expect(line.replace(/\u001B\[[0-9;]*m/g, '').length).toBeLessThanOrEqual(columns)
    }
  }
})

test('one line without a terminal', () => {
  expect(draw({ lost: 2 }, { interactive: false })).toMatchInlineSnapshot(`
    "
    [traceml] 1:12, step 480, 12.3 steps/s, 79.0 ms/step, most in input wait 48%, 2 records lost
    "
  `)
})
