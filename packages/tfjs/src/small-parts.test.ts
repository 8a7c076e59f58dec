import { describe, expect, test } from 'vitest'
import { capabilitiesOf } from './backend-capabilities.js'
import { describeTraining } from './environment.js'
import { createFetchSource, createFetchSources } from './fetch-sources.js'

test.each([
  ['cpu', true, false],
  ['wasm', true, true],
  ['tensorflow', true, true],
  ['webgl', false, false],
  ['webgpu', false, false],
  ['something-new', false, false],
  ['toString', false, false],
])('backend %s', (name, synchronous, copiesOnUpload) => {
  expect(capabilitiesOf(name)).toEqual({ synchronous, copiesOnUpload })
})

test.each([
  [undefined, 'single_process', 'high'],
  ['', 'single_process', 'high'],
  ['1', 'single_process', 'high'],
  ['4', 'distributed_unknown', 'low'],
])('WORLD_SIZE %s', (worldSize, trainingStrategy, strategyConfidence) => {
  const strategySource = 'topology'
  const expected = { backend: 'cpu', trainingStrategy, strategySource, strategyConfidence }
  expect(describeTraining('cpu', worldSize)).toEqual(expected)
})

describe('fetches between steps', () => {
  test('a new iterator starts over, the same one does not', () => {
    const sources = createFetchSources()
    const source = createFetchSource()
    expect([sources.noteFetch(source), sources.noteFetch(source)]).toEqual([true, false])
    sources.noteStep()
    expect(sources.noteFetch(source)).toBe(false)
  })

  test('the training iterator after a validation pass starts over', () => {
    const sources = createFetchSources()
    const [training, validation] = [createFetchSource(), createFetchSource()]
    sources.noteFetch(training)
    sources.noteStep()
    for (let i = 0; i < 3; i++) sources.noteFetch(validation)
    expect(sources.noteFetch(training)).toBe(true)
    sources.noteStep()
    expect(sources.noteFetch(training)).toBe(false)
  })

  test('two iterators that feed each step together do not start over', () => {
    const sources = createFetchSources()
    const [first, second] = [createFetchSource(), createFetchSource()]
    const step = (): boolean[] => {
      const answers = [sources.noteFetch(first), sources.noteFetch(second)]
      sources.noteStep()
      return answers
    }
    expect([step(), step(), step()]).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ])
  })
})
