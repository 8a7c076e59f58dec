import { type Issue, type Rule, TraceMLError } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkRule } from './check-rule.js'

interface Context {
  readonly waits: readonly number[]
  readonly series: Float64Array
}
interface Policy {
  readonly limit: number
}

const ISSUE: Issue = {
  kind: 'LONG_WAIT',
  status: 'LONG WAIT',
  severity: 'warn',
  summary: 'The queue waited 9 ms.',
  action: 'Look at the queue.',
  metric: 'wait_ms',
  phase: null,
  score: 9,
  share_pct: null,
  skew_pct: null,
  ranks: [0],
  evidence: { wait_ms: 9, nested: { list: [1, null, 'a'] } },
}

const good: Rule<Context, Policy> = {
  apiVersion: 1,
  kind: 'rule',
  id: 'acme/long-wait',
  domain: 'system',
  evaluate: ({ waits }, { limit }) => (waits.some((wait) => wait > limit) ? [ISSUE] : []),
}

const options = {
  contexts: [
    { waits: [1], series: new Float64Array([1, 2]) },
    { waits: [9], series: new Float64Array([1, 2]) },
  ],
  policy: { limit: 5 },
}

test('returns what a good rule found, one list a context', () => {
  expect(checkRule(good, options)).toEqual([[], [ISSUE]])
  expect(Object.isFrozen(options.contexts[0])).toBe(false)
})

const found = (change: Record<string, unknown>): Partial<typeof good> => ({
  evaluate: () => [{ ...ISSUE, ...change } as Issue],
})

let calls = 0
test.each<[string, Partial<typeof good>, string]>([
  ['an id in capitals', { id: 'acme/LongWait' }, '"acme/LongWait"'],
  ['another kind', { kind: 'sampler' as never }, '"sampler"'],
  ['a newer interface', { apiVersion: 2 as never }, 'apiVersion 2'],
  ['no domain', { domain: '' }, 'has the domain ""'],
  ['no function', { evaluate: undefined as never }, 'no function evaluate'],
  [
    'a throw',
    {
      evaluate: () => {
        throw new Error('boom')
      },
    },
    'threw',
  ],
  ['no list', { evaluate: () => undefined as never }, 'undefined, which is no list'],
  ['a null', { evaluate: () => [null] as never }, 'null, which is no issue'],
  [
    'a change of its input',
    {
      evaluate: ({ waits }) => {
        ;(waits as number[]).push(1)
        return []
      },
    },
    'frozen',
  ],
  [
    'a change of a typed array',
    {
      evaluate: ({ series }) => {
        series[0] = 7
        return []
      },
    },
    'changed its input',
  ],
  [
    'a change of the policy',
    {
      evaluate: (_c, policy) => {
        ;(policy as { limit: number }).limit = 1
        return []
      },
    },
    'frozen',
  ],
  ['a memory', { evaluate: () => [{ ...ISSUE, score: calls++ }] }, 'not pure'],
  [
    'a missing field',
    {
      evaluate: () => {
        const { phase: _, ...rest } = ISSUE
        return [rest as Issue]
      },
    },
    'phase is missing',
  ],
  ['a field too many', found({ hint: 'x' }), 'hint is not one of an issue'],
  ['a severity that is none', found({ severity: 'fatal' }), 'severity is "fatal"'],
  ['an empty summary', found({ summary: ' ' }), 'summary is " "'],
  ['a score that is NaN', found({ score: Number.NaN }), 'score is NaN'],
  ['a rank as text', found({ ranks: ['0'] }), 'ranks is ["0"]'],
  ['evidence without JSON', found({ evidence: { wait: Number.POSITIVE_INFINITY } }), 'evidence'],
  ['evidence as a list', found({ evidence: [] }), 'evidence is []'],
])('refuses %s', (_name, change, words) => {
  const rule = { ...good, ...change }
  expect(() => checkRule(rule, options)).toThrow(words)
  try {
    checkRule(rule, options)
  } catch (error) {
    expect(TraceMLError.isInstance(error) && error.code).toBe('TRACEML_PLUGIN_INVALID')
  }
})

test('refuses another domain than the expected one, and a check without contexts', () => {
  expect(() => checkRule(good, { ...options, domain: 'process' })).toThrow('give "process"')
  expect(() => checkRule(good, { ...options, contexts: [] })).toThrow('no context')
})
