import { encodeFrame } from '@traceml/codec'
import { serveDashboard } from '@traceml/display-web'
import { createLiveSession } from '@traceml/live'
import { expect, test, vi } from 'vitest'
import { dial, processRow, startRun, stepRow } from '../aggregator/support.js'
import { hasPrometheus, startPrometheus } from './prometheus-support.js'
import { RUN } from './support.js'

const run = hasPrometheus ? test : test.skip
const reason = hasPrometheus ? '' : ' (skipped: prometheus is not installed)'

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
