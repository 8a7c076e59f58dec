import type { LiveApiError, LivePayload, LiveSource } from '@traceml/contracts'
import { createLiveSourceFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { createDashboard, type DashboardOptions } from './dashboard.js'

async function ask(
  path: string,
  options: DashboardOptions = {},
  source: LiveSource = createLiveSourceFixture('straggler'),
): Promise<Response> {
  const dashboard = createDashboard(source, options)
  try {
    return await dashboard.fetch(new Request(`http://localhost${path}`))
  } finally {
    dashboard.close()
  }
}

test('the JSON interface answers what the source says', async () => {
  const source = createLiveSourceFixture('straggler')
  const live = (await (await ask('/api/live.json', {}, source)).json()) as LivePayload
  expect(live).toEqual(source.payload())
  const status = (await (await ask('/api/status.json', {}, source)).json()) as object
  const { schema_version, seq, generated_at, run, verdict, progress } = source.payload()
  expect(status).toEqual({ schema_version, seq, generated_at, run, verdict, progress })
  const series = await ask('/api/series.json?from_step=10&to_step=60&points=20&rank=5', {}, source)
  expect(await series.json()).toEqual(
    await source.series({ from_step: 10, to_step: 60, points: 20, rank: 5 }),
  )
  const logs = await ask('/api/logs.json?rank=0&limit=5', {}, source)
  expect(await logs.json()).toEqual(await source.logs({ rank: 0, limit: 5 }))
  expect(logs.headers.get('cache-control')).toBe('no-store')
})

test.each(['points=-1', 'points=1.5', 'rank=NaN', 'from_step=1e3', 'to_step=99999999999999999'])(
  'a query that is no query is told: %s',
  async (query) => {
    const answer = await ask(`/api/series.json?${query}`)
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as LiveApiError
    expect(error.code).toBe('TRACEML_INPUT_INVALID')
    expect(error.message).toContain(query.split('=')[1])
  },
)

test('a source that fails costs its own answer only', async () => {
  const source: LiveSource = {
    ...createLiveSourceFixture('single'),
    series: () => Promise.reject(new Error('the disk is gone')),
  }
  const answer = await ask('/api/series.json', {}, source)
  expect(answer.status).toBe(500)
  expect(((await answer.json()) as LiveApiError).error.message).toBe('the disk is gone')
  expect((await ask('/api/live.json', {}, source)).status).toBe(200)
})

test('metrics are those of Prometheus', async () => {
  const answer = await ask('/metrics')
  expect(answer.headers.get('content-type')).toContain('text/plain; version=')
  expect(await answer.text()).toMatch(/^# TYPE traceml_\w+ gauge$/m)
})

test('what is not there is told so, in the language of the place', async () => {
  const missing = await ask('/api/nothing.json')
  expect(missing.status).toBe(404)
  expect(((await missing.json()) as LiveApiError).error.message).toContain('/api/nothing.json')
  for (const path of ['/assets/../../package.json', '/%2e%2e/package.json', '/index.html']) {
    expect((await ask(path)).status).not.toBe(200)
  }
})

test('a mounted dashboard answers below its path, with or without the prefix', async () => {
  const options = { basePath: 'traceml/' }
  expect((await ask('/traceml/healthz', options)).status).toBe(200)
  expect((await ask('/healthz', options)).status).toBe(200)
  const bare = await ask('/traceml?rank=1', options)
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/traceml/?rank=1'])
  expect((await ask('/tracemlx/healthz', options)).status).not.toBe(200)
})

test('panels are drawn once a payload, and a failing one says so in its place', async () => {
  const source = createLiveSourceFixture('straggler')
  const dashboard = createDashboard(source, {
    panels: [
      {
        apiVersion: 1,
        kind: 'renderer',
        id: 'acme/speed',
        title: 'Speed',
        surface: 'html',
        section: 'step_time',
        render: ({ progress }) => ({
          blocks: [{ kind: 'lines', lines: [`${progress.steps_per_s} steps/s`] }],
        }),
      },
      {
        apiVersion: 1,
        kind: 'renderer',
        id: 'acme/broken',
        surface: 'html',
        render: () => {
          throw new Error('no such key')
        },
      },
    ],
  })
  const [snapshot] = await readEvents(dashboard.fetch(new Request('http://localhost/events')), 1)
  expect(snapshot?.panels).toEqual([
    {
      id: 'acme/speed',
      title: 'Speed',
      section: 'step_time',
      view: {
        blocks: [{ kind: 'lines', lines: [`${source.payload().progress.steps_per_s} steps/s`] }],
      },
      error: null,
    },
    {
      id: 'acme/broken',
      title: 'acme/broken',
      section: null,
      view: null,
      error: 'The panel failed: no such key.',
    },
  ])
  dashboard.close()
})

test('nobody looks, nothing is asked for; a page that leaves is let go', async () => {
  const source = createLiveSourceFixture('single')
  let listeners = 0
  const counted: LiveSource = {
    ...source,
    subscribe: (listener) => {
      listeners += 1
      const end = source.subscribe(listener)
      return () => {
        listeners -= 1
        end()
      }
    },
  }
  const dashboard = createDashboard(counted, { maxClients: 1 })
  expect(listeners).toBe(0)
  const leave = new AbortController()
  const events = await dashboard.fetch(
    new Request('http://localhost/events', { signal: leave.signal }),
  )
  expect([listeners, dashboard.clientCount()]).toEqual([1, 1])
  const second = await dashboard.fetch(new Request('http://localhost/events'))
  expect(second.status).toBe(503)
  leave.abort()
  await events.body?.cancel()
  expect([listeners, dashboard.clientCount()]).toEqual([0, 0])
  dashboard.close()
})

async function readEvents(
  answer: Promise<Response>,
  count: number,
): Promise<readonly { readonly panels: unknown }[]> {
  const reader = (await answer).body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const datas = (): string[] => text.match(/^data: .*(?=\n\n)/gm) ?? []
  while (datas().length < count) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    if (done) break
    text += value
  }
  await reader?.cancel()
  return datas().map((line) => JSON.parse(line.slice(6)))
}
