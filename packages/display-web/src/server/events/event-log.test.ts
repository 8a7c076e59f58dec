import type { JsonValue } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { applyChanges } from '../../changes/apply.js'
import type { Change } from '../../changes/diff.js'
import { createEventLog, type EventCursor } from './event-log.js'

const QUIET = { beatMs: 60_000 }

interface ReadEvent {
  readonly name: string
  readonly id: string | null
  readonly data: JsonValue
}

async function read(cursor: EventCursor): Promise<readonly ReadEvent[]> {
  const text = await cursor.next()
  return (text ?? '')
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ')
          return [line.slice(0, colon), line.slice(colon + 2)] as const
        }),
      )
      return {
        name: fields.get('event') ?? '',
        id: fields.get('id') ?? null,
        data: JSON.parse(fields.get('data') ?? 'null'),
      }
    })
}

test('a new client gets the document and then its changes', async () => {
  const log = createEventLog(QUIET)
  log.publish({ step: 1, loss: null })
  const cursor = log.open(null)
  const [first] = await read(cursor)
  expect(first).toMatchObject({ name: 'snapshot', data: { step: 1, loss: null } })
  log.publish({ step: 2, loss: 0.5 })
  const [second] = await read(cursor)
  expect(second?.name).toBe('changes')
  expect(applyChanges({ step: 1, loss: null }, second?.data as unknown as Change[])).toEqual({
    step: 2,
    loss: 0.5,
  })
})

test('a client that was away gets what it missed', async () => {
  const log = createEventLog(QUIET)
  log.publish({ step: 1 })
  const [first] = await read(log.open(null))
  log.publish({ step: 2 })
  log.publish({ step: 3 })
  const events = await read(log.open(first?.id ?? null))
  expect(events.map(({ name, data }) => [name, data])).toEqual([
    ['changes', [[['step'], 2]]],
    ['changes', [[['step'], 3]]],
  ])
})

test.each(['', 'elsewhere-1', '0', 'x-y', '__proto__'])(
  'a client with the foreign id "%s" gets the whole document',
  async (id) => {
    const log = createEventLog(QUIET)
    log.publish({ step: 1 })
    log.publish({ step: 2 })
    const [event] = await read(log.open(id))
    expect(event).toMatchObject({ name: 'snapshot', data: { step: 2 } })
  },
)

test('a client that was away for long gets the newest document, and the log stays small', async () => {
  const log = createEventLog(QUIET)
  log.publish({ step: 0, text: '' })
  const slow = log.open(null)
  await read(slow)
  for (let step = 1; step <= 200; step += 1) log.publish({ step, text: 'x'.repeat(50_000) + step })
  const events = await read(slow)
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({ name: 'snapshot', data: { step: 200 } })
})

test('the same document twice is no news', async () => {
  const log = createEventLog({ beatMs: 1 })
  log.publish({ step: 1 })
  const cursor = log.open(null)
  await read(cursor)
  log.publish({ step: 1 })
  expect(await read(cursor)).toEqual([{ name: 'beat', id: null, data: null }])
})

test('before the first document there are beats only', async () => {
  const log = createEventLog({ beatMs: 1 })
  expect(await read(log.open(null))).toEqual([{ name: 'beat', id: null, data: null }])
})

test('a closed log gives the rest and then ends', async () => {
  const log = createEventLog(QUIET)
  log.publish({ step: 1 })
  const cursor = log.open(null)
  log.close()
  expect((await read(cursor))[0]?.name).toBe('snapshot')
  expect(await cursor.next()).toBeNull()
})

test('a client that leaves while it waits is let go', async () => {
  const log = createEventLog(QUIET)
  const cursor = log.open(null)
  const waiting = cursor.next()
  cursor.close()
  expect(await waiting).toBeNull()
})
