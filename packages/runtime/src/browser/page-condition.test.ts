import { JAVASCRIPT_TOPIC, type RankStateMessage } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createConditionTeller } from './page-condition.js'

test('says what is in the way when that changes; a lost context stays lost', () => {
  const sent: RankStateMessage[] = []
  const observe = createConditionTeller(0, (message) => sent.push(message))
  const visibility = (hidden: boolean, step: number) =>
    observe(JAVASCRIPT_TOPIC, { kind: 'visibility', hidden, at: 1, step })
  visibility(false, 0)
  visibility(true, 5)
  visibility(true, 6)
  observe('other', { kind: 'visibility', hidden: false, at: 1, step: 7 })
  visibility(false, 8)
  observe(JAVASCRIPT_TOPIC, { kind: 'context_lost', api: 'webgl', step: 9, gpu_bytes: null })
  visibility(true, 10)
  expect(sent.map(({ condition, step }) => [condition, step])).toEqual([
    ['page_hidden', 5],
    [null, 8],
    ['context_lost', 9],
  ])
})
