import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeFrame } from '@traceml/codec'
import { serveDashboard } from '@traceml/display-web'
import { createLiveSession } from '@traceml/live'
import { expect, test, vi } from 'vitest'
import { dial, processRow, startRun, stepRow } from '../aggregator/support.js'
import { RUN } from './support.js'

const isInstalled = spawnSync('prometheus', ['--version']).status === 0

/** A Prometheus that scrapes one address twice a second. */
async function startPrometheus(target: string, token: string | null) {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-prometheus-'))
  const port = await freePort()
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '500ms' },
      scrape_configs: [
        {
          job_name: 'traceml',
          static_configs: [{ targets: [target] }],
          ...(token === null ? {} : { authorization: { credentials: token } }),
        },
      ],
    }),
  )
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
  return {
    /** The values of a query by their labels as JSON. */
    async query(text: string): Promise<Readonly<Record<string, number>>> {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`
      const answer = (await (await fetch(url)).json()) as {
        readonly data: {
          readonly result: readonly {
            readonly metric: Readonly<Record<string, string>>
            readonly value: readonly [number, string]
          }[]
        }
      }
      return Object.fromEntries(
        answer.data.result.map(({ metric, value }) => {
          const { __name__: _name, instance: _instance, job: _job, ...labels } = metric
          return [JSON.stringify(labels), Number(value[1])]
        }),
      )
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const run = isInstalled ? test : test.skip
const reason = isInstalled ? '' : ' (skipped: prometheus is not installed)'

run(`a real Prometheus scrapes a running aggregator and answers queries${reason}`, async () => {
  await using aggregated = await startRun({
    expectedWorldSize: 2,
    live: {
      engine: createLiveSession({ run: { ...RUN, ranks_expected: 2, interval_s: 1 } }),
      intervalSeconds: 1,
    },
  })
  const source = aggregated.aggregator.live
  if (source === null) throw new Error('The aggregator has no live source.')
  const token = 'secret-of-the-test'
  await using dashboard = await serveDashboard(source, { port: 0, token })
  await using prometheus = await startPrometheus(`127.0.0.1:${dashboard.port}`, token)
  const socket = await dial(aggregated.aggregator.port)
  for (const rank of [0, 1]) {
    socket.write(
      encodeFrame([
        processRow(rank, 1),
        ...Array.from({ length: 30 }, (_, index) => stepRow(rank, index + 1)),
      ]),
    )
  }
  const deadline = { timeout: 60_000, interval: 250 }
  await vi.waitFor(
    async () =>
      expect(await prometheus.query('traceml_rank_last_step')).toEqual({
        '{"node":"0","rank":"0"}': 30,
        '{"node":"0","rank":"1"}': 30,
      }),
    deadline,
  )
  expect(
    await prometheus.query('traceml_step_phase_duration_milliseconds{phase="forward"}'),
  ).toEqual({
    '{"node":"0","phase":"forward","rank":"0"}': 2,
    '{"node":"0","phase":"forward","rank":"1"}': 2,
  })
  expect(await prometheus.query('max(traceml_process_resident_memory_bytes)')).toEqual({ '{}': 5 })
  expect(await prometheus.query('traceml_step_phase_duration_milliseconds{phase="h2d"}')).toEqual(
    {},
  )
  // Without the token nothing is told.
  const refused = await fetch(`http://127.0.0.1:${dashboard.port}/metrics`)
  expect(refused.status).toBe(401)
  socket.destroy()
})
