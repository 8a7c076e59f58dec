import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { hasPrometheus, startPrometheus } from '../live/prometheus-support.js'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const BIN = path('../../packages/traceml/dist/bin.js')
const RANK = path('./live-support/rank.mjs')

/** What a process has said so far. */
async function said(output: () => string, pattern: RegExp): Promise<string> {
  return vi.waitFor(
    () => {
      const found = pattern.exec(output())?.[1]
      if (found === undefined) throw new Error(`waiting for ${pattern}: ${output()}`)
      return found
    },
    { timeout: 60_000, interval: 100 },
  )
}

const run = hasPrometheus ? test : test.skip
const reason = hasPrometheus ? '' : ' (skipped: prometheus is not installed)'

run(`a real Prometheus scrapes traceml serve and answers queries${reason}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-serve-'))
  const server = spawn(
    process.execPath,
    [
      ...[BIN, 'serve', '--dashboard', '--dashboard-port', '0', '--aggregator-port', '0'],
      ...['--logs-dir', folder, '--nproc-per-node', '2'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let stderr = ''
  server.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const gone = once(server, 'exit')
  const ranks: ReturnType<typeof spawn>[] = []
  try {
    const port = await said(() => stderr, /listening on [^ ]*?:(\d+)/)
    const session = await said(() => stderr, /session ([^,]+),/)
    const address = await said(() => stderr, /http:\/\/(127\.0\.0\.1:\d+)\//)
    for (const rank of ['0', '1']) {
      ranks.push(spawn(process.execPath, [RANK, port, rank, '2', session], { stdio: 'inherit' }))
    }
    await using prometheus = await startPrometheus(address, null)
    await vi.waitFor(
      async () => {
        const steps = await prometheus.query('min(traceml_rank_last_step)')
        expect(steps['{}']).toBeGreaterThan(20)
        expect(await prometheus.query('count(traceml_rank_last_step)')).toEqual({ '{}': 2 })
      },
      { timeout: 60_000, interval: 500 },
    )
    expect(
      await prometheus.query('traceml_step_phase_duration_milliseconds{phase="forward"}'),
    ).toEqual({
      '{"node":"0","phase":"forward","rank":"0"}': 15,
      '{"node":"1","phase":"forward","rank":"1"}': 15,
    })
    expect(await prometheus.query('traceml_rank_state{state="live"}')).toMatchObject({
      '{"node":"0","rank":"0","state":"live"}': 1,
    })
  } finally {
    for (const rank of ranks) rank.kill('SIGKILL')
    server.kill('SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
})
