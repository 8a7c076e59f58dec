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
      elapsedSeconds: 2,
      stepsCompleted: 0,
      stepsPerSecond: null,
      lastRowAgeSeconds: null,
      phasesMs: UNMEASURED,
    }),
  ).toMatchInlineSnapshot(`
    "
    TraceML  0:02  waiting for the first step
    "
  `)
})

test.each(['waiting', 'live', 'stale'] as const)(
  'no step yet, %s: no rate is claimed',
  (status) => {
    const before = { status, stepsCompleted: 0, stepsPerSecond: 0, phasesMs: UNMEASURED } as const
    expect(draw({ ...before, elapsedSeconds: 2 }, { interactive: false })).toContain(
      '[traceml] 0:02, waiting for the first step',
    )
    expect(draw(before)).not.toMatch(/n\/a|0\.00|step 0/)
  },
)

test('after a while without a step the reader is told how to make steps visible', () => {
  const before = { stepsCompleted: 0, stepsPerSecond: null, phasesMs: UNMEASURED }
  expect(draw({ ...before, elapsedSeconds: 19 })).not.toContain('marks its steps')
  expect(draw({ ...before, elapsedSeconds: 21 })).toMatchInlineSnapshot(`
    "
    TraceML  0:21  waiting for the first step
    A loop that is not found by itself marks its steps, see traceml run --help.
    "
  `)
})

test('a run without step timing does not wait for steps', () => {
  const watched = { expectsSteps: false, stepsCompleted: 0, phasesMs: UNMEASURED }
  expect(draw({ ...watched, stepsPerSecond: null, elapsedSeconds: 40 })).toBe(
    '\nTraceML  0:40  recording host and process\n',
  )
  const processes = { count: 3, cpuPercent: 212.4, residentBytes: 1.25e9 }
  expect(draw({ ...watched, stepsPerSecond: null, elapsedSeconds: 40, processes })).toBe(
    '\nTraceML  0:40  3 processes, cpu 212%, memory 1.25 GB\n',
  )
})

test('what is not known yet is left out', () => {
  expect(draw({ stepsPerSecond: null, phasesMs: UNMEASURED })).toBe('\nTraceML  1:12  step 480\n')
})

test('on a narrow terminal the shares go on in a second line', () => {
  expect(draw({}, { columns: 60 })).toMatchInlineSnapshot(`
    "
    TraceML  1:12  step 480  12.3 steps/s  79.0 ms/step
    ████████████████████████████▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░▚▚···· 
    █ input wait 48%  ▒ forward 13%  ░ backward 28%
    ▚ optimizer 4%  · rest 8%
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
