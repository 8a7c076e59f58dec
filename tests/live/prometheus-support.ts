import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasPrometheus: boolean = spawnSync('prometheus', ['--version']).status === 0

export interface Prometheus {
  /** The values of a query by their labels as JSON. */
  query(text: string): Promise<Readonly<Record<string, number>>>
  [Symbol.asyncDispose](): Promise<void>
}

/** A Prometheus that scrapes one address twice a second. */
export async function startPrometheus(target: string, token: string | null): Promise<Prometheus> {
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
    async query(text) {
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
