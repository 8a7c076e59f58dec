import type { RowSink, Sampler } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkSampler, createStepSourceFixture } from './check-sampler.js'

function sampler(changes: Partial<Sampler> = {}): Sampler {
  let seq = 0
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'acme/disk',
    samplerName: 'DiskSampler',
    sample: (sink) => sink.emit('disk', { seq: ++seq, free: null }),
    ...changes,
  }
}

const breaking: [string, Partial<Sampler> | ((sink: RowSink) => void), RegExp][] = [
  ['wrong version', { apiVersion: 2 as never }, /apiVersion/],
  ['wrong kind', { kind: 'rule' as never }, /kind/],
  ['bad id', { id: 'Acme Disk' }, /kebab-case/],
  ['empty name', { samplerName: ' ' }, /samplerName/],
  ['NaN', (sink) => sink.emit('t', { value: Number.NaN }), /t\.value holds NaN/],
  ['undefined', (sink) => sink.emit('t', { value: undefined as never }), /survive JSON/],
  ['a date', (sink) => sink.emit('t', { a: [new Date() as never] }), /t\.a\[0\]/],
  ['no table', (sink) => sink.emit('', {}), /no name/],
  ['throws', () => fail(), /its sample threw/],
  ['start throws', { start: () => fail() }, /its start threw/],
  ['hasPending', { hasPending: () => 1 as never }, /hasPending/],
]

function fail(): never {
  throw new Error('disk on fire')
}

test.each(breaking)('refuses %s', async (_name, change, message) => {
  const broken = typeof change === 'function' ? { sample: change } : change
  const error = await checkSampler(() => sampler(broken)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'TRACEML_PLUGIN_INVALID' })
  expect((error as Error).message).toMatch(message)
})

test('refuses a factory that always gives the same object', async () => {
  const one = sampler()
  await expect(checkSampler(() => one)).rejects.toThrow(/same object twice/)
})

test('returns the rows of a good one', async () => {
  expect(await checkSampler(() => sampler(), { ticks: 2 })).toEqual([
    { table: 'disk', row: { seq: 1, free: null } },
    { table: 'disk', row: { seq: 2, free: null } },
  ])
})

test('an emit after stop is caught', async () => {
  let kept: RowSink | null = null
  const late = sampler({
    sample: (sink) => {
      kept = sink
    },
  })
  await checkSampler(() => ({ ...late }))
  expect(() => kept!.emit('t', {})).toThrow(/after stop/)
})

test('the step source gives each reader its own position', () => {
  const source = createStepSourceFixture([{ step: 1, events: { a: 2 } }])
  const seen: string[] = []
  const read = (reader: string) =>
    source.read(reader, (step) => seen.push(`${reader}${step.step}:${step.eventName(0)}`))
  read('x')
  source.push({ step: 2 })
  read('x')
  read('y')
  expect(seen).toEqual(['x1:a', 'x2:', 'y1:a', 'y2:'])
  expect(source.hasUnread('y')).toBe(false)
})
