import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { VectorOutcome } from './vector-runners/outcome.js'
import {
  runStepTimeEventVectors,
  runStepTimeLiveVectors,
  runStepTimeTrendVectors,
  runStepTimeVectors,
  runStepTimeWindowVectors,
} from './vector-runners/step-time.js'

function load(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`./vectors/${file}`, import.meta.url), 'utf8'))
}

function table(title: string, outcomes: readonly VectorOutcome[], count: number): void {
  describe(title, () => {
    test('every case of the file ran', () => {
      expect(outcomes).toHaveLength(count)
    })
    test.each(outcomes)('$name', ({ ok, expected, got }) => {
      // The deep comparison has a tolerance; the strict one only explains a failure.
      if (!ok) expect(got).toEqual(expected)
      expect(ok).toBe(true)
    })
  })
}

table('rows to verdict', runStepTimeVectors(load('step_time.json')), 173)
table('events to phases', runStepTimeEventVectors(load('step_time_events.json')), 19)
table('trend and label', runStepTimeTrendVectors(load('step_time_trend.json')), 28)
table('rows to window', runStepTimeWindowVectors(load('step_time_repository.json')), 24)
table('live session', await runStepTimeLiveVectors(load('step_time_live.json')), 10)
