import { expect, test } from 'vitest'
import { wantsColor } from './color.js'
import { colorCard } from './color-card.js'

const CARD = [
  '+----------------------------------------------------------------------------+',
  '|  TraceML Verdict: INPUT-BOUND / CRITICAL                                   |',
  '|  Why: Input wait takes 68.8% of typical Step Time.                         |',
  '|  Section Status                                                            |',
  '|  ------------------------------------------------------------------------  |',
  '|    Input Wait                98.1ms     68.8%  █████████████████           |',
  '|  System        HIGH CPU                                        WARNING     |',
  'Confidence: 92%',
].join('\n')

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with ESC.
const COLORS = /\u001B\[\d+m/g

test('colours are added, the text stays', () => {
  const colored = colorCard(CARD)
  expect(colored.replaceAll(COLORS, '')).toBe(CARD)
  const lines = colored.split('\n')
  expect(lines[1]).toContain('\u001B[31mINPUT-BOUND / CRITICAL\u001B[39m')
  expect(lines[2]).toContain('\u001B[1mWhy:\u001B[22m')
  expect(lines[5]).toContain('\u001B[36m█████████████████\u001B[39m')
  expect(lines[6]).toContain('\u001B[33mWARNING\u001B[39m')
  expect(lines[7]).toBe('\u001B[1mConfidence:\u001B[22m 92%')
})

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('a terminal: %s, environment %o: colours %s', (isTTY, environment, expected) => {
  expect(wantsColor({ isTTY }, environment as Record<string, string>)).toBe(expected)
})

test('a comparison has its verdict and its outcomes in their colours', () => {
  const colored = colorCard(
    [
      '|  Verdict: REGRESSION          |',
      '|  Judged          Outcome      |',
      '|  Step Time       worse        |',
      '|  Peak reserved   unchanged    |',
      '|  run_b           INCONCLUSIVE |',
    ].join('\n'),
  )
  expect(colored).toContain('\u001B[31mREGRESSION')
  expect(colored).toContain('\u001B[1mJudged          Outcome')
  expect(colored).toContain('\u001B[31mworse')
  expect(colored).toContain('unchanged    ')
  expect(colored).toContain('\u001B[33mINCONCLUSIVE')
})
