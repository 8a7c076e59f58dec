import { expect, test } from 'vitest'
import { fitCard } from './fit-card.js'

const CARD = `
+----------------------------------------------------------------------------+
|  TraceML Run Summary | demo-slow                                           |
+----------------------------------------------------------------------------+
|                                                                            |
|  TraceML Verdict: INPUT-BOUND / CRITICAL                                   |
|  Why: Input wait takes 68.8% of typical Step Time (CPU clock), which is    |
|       more than any other part of the step.                                |
|  Next: Add loader workers or prefetch, and check storage throughput.       |
|                                                                            |
|  Step Time Evidence: average of 150 steps, CPU clock                       |
|  Phase                      Average     Share                              |
|  ------------------------------------------------------------------------  |
|  Step Time                  142.5ms    100.0%                              |
|    Input Wait                98.1ms     68.8%  █████████████████           |
|    Residual                   1.9ms      1.4%  █                           |
|                                                                            |
|  Section Status                                                            |
|  Section       Status                                          Severity    |
|  ------------------------------------------------------------------------  |
|  Step Time     INPUT-BOUND                                     CRITICAL    |
|  - The Process section could not be built: its table is missing, sorry.  |
+----------------------------------------------------------------------------+`.trim()

test('a card that fits stays as it is', () => {
  expect(fitCard(CARD, 78)).toBe(CARD)
})

test('on a narrow terminal the frame goes, tables move together, sentences wrap at words', () => {
  expect(fitCard(CARD, 56)).toMatchInlineSnapshot(`
    "--------------------------------------------------------
    TraceML Run Summary | demo-slow
    --------------------------------------------------------

    TraceML Verdict: INPUT-BOUND / CRITICAL
    Why: Input wait takes 68.8% of typical Step Time (CPU
         clock), which is more than any other part of the
         step.
    Next: Add loader workers or prefetch, and check storage
          throughput.

    Step Time Evidence: average of 150 steps, CPU clock
    Phase               Average     Share
    --------------------------------------------------------
    Step Time           142.5ms    100.0%
      Input Wait         98.1ms     68.8%  █████████████████
      Residual            1.9ms      1.4%  █

    Section Status
    Section       Status                            Severity
    --------------------------------------------------------
    Step Time     INPUT-BOUND                       CRITICAL
    - The Process section could not be built: its table is
      missing, sorry.
    --------------------------------------------------------"
  `)
})

test.each([20, 40, 60, 77])('nothing is wider than %i columns, and no word is lost', (columns) => {
  const fitted = fitCard(CARD, columns)
  const words = (text: string) => text.match(/[A-Za-z0-9.%]+/g)
  expect(words(fitted)).toEqual(words(CARD))
  if (columns < 40) return
  expect(Math.max(...fitted.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
})
