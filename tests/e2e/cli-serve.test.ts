import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  fixture,
  queryHistory,
  readManifest,
  readSummary,
  startNode,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'

async function portOf(serve: ReturnType<typeof startTraceml>): Promise<string> {
  let seen = ''
  serve.child.stderr?.on('data', (text: string) => {
    seen += text
  })
  await serve.printed('listening on')
  const port = /listening on 127\.0\.0\.1:(\d+)/.exec(seen)?.[1]
  if (port === undefined) throw new Error(`no port in: ${seen}`)
  return port
}

/** A training that is started by hand and connects by itself. */
function clientEnvironment(cwd: string, port: string): NodeJS.ProcessEnv {
  return {
    TRACEML_AGGREGATOR_PORT: port,
    TRACEML_SESSION_ID: 'served',
    TRACEML_LOGS_DIR: join(cwd, 'logs'),
    TRACEML_DISABLED: '0',
  }
}

test.each([
  ['by itself when all ranks have finished', ['--exit-when-finished'], null],
  ['on SIGTERM', [], 'SIGTERM' as const],
  ['on SIGINT', [], 'SIGINT' as const],
])('serve ends %s, with a report', async (_name, flags, signal) => {
  using folder = temporaryFolder()
  const serve = startTraceml(
    ['serve', '--run-name', 'served', '--aggregator-port', '0', ...flags],
    { cwd: folder.path },
  )
  const port = await portOf(serve)
  const preload = new URL('../../packages/tfjs/dist/preload.js', import.meta.url).href
  const training = await startNode(
    ['--import', preload, fixture('traced-loop.mjs'), '--steps', '25'],
    { cwd: folder.path, env: clientEnvironment(folder.path, port) },
  ).end
  expect(training.code).toBe(0)
  if (signal !== null) serve.child.kill(signal)
  const end = await serve.end
  expect(end.code).toBe(0)
  const session = join(folder.path, 'logs', 'served')
  expect(queryHistory(session, 'SELECT count(*) AS steps FROM step_time_samples')).toEqual([
    { steps: 25 },
  ])
  expect(end.stderr).toContain(readSummary(session).text.trimEnd())
})

test('other hosts need a token or the explicit flag', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['serve', '--aggregator-host', '0.0.0.0'], { cwd: folder.path })
  expect(end.code).toBe(2)
  expect(end.stderr).toMatch(
    /^traceml: Listening on "0\.0\.0\.0" opens .*--token.*--allow-anonymous.*\.\n$/,
  )
  expect(existsSync(join(folder.path, 'logs'))).toBe(false)
})

test('a served run has a manifest, so its name can be used again and its folder be replaced', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'served')
  const flags = ['serve', '--run-name', 'served', '--overwrite', '--aggregator-port', '0']
  for (const round of ['first', 'second']) {
    const serve = startTraceml(flags, { cwd: folder.path })
    const port = await portOf(serve)
    expect(readManifest(session)).toMatchObject({
      session_id: 'served',
      status: 'running',
      launch: { aggregator_port: Number(port), script_path: null, launcher_pid: serve.child.pid },
    })
    if (round === 'second') {
      const third = await traceml(flags, { cwd: folder.path })
      expect(third).toMatchObject({ code: 2, stdout: '' })
      expect(third.stderr).toMatch(/^traceml: The run in ".*served" is still going on; [^\n]*\.\n$/)
    }
    serve.child.kill('SIGINT')
    const end = await serve.end
    expect(end.code).toBe(0)
    // What a training needs to find the server is there to be copied.
    expect(end.stderr).toContain(
      `start the training with TRACEML_AGGREGATOR_PORT=${port} TRACEML_SESSION_ID=served TRACEML_LOGS_DIR=${join(folder.path, 'logs')}\n`,
    )
    expect(readManifest(session)['status']).toBe('interrupted')
  }
  expect(readdirSync(join(folder.path, 'logs'))).toEqual(['served'])
})

test('a port that is taken: one sentence, exit code 1, no folder', async () => {
  using folder = temporaryFolder()
  const server = createServer().listen(0, '127.0.0.1')
  await waitFor('the port is taken', () => server.listening)
  const { port } = server.address() as { port: number }
  const args = ['serve', '--run-name', 'x', '--aggregator-port', String(port)]
  const end = await traceml(args, { cwd: folder.path })
  server.close()
  expect(end).toMatchObject({ code: 1, stdout: '' })
  expect(end.stderr).toMatch(new RegExp(`^traceml: [^\\n]*:${port}\\b[^\\n]*\\.\\n$`))
  expect(readdirSync(join(folder.path, 'logs'))).toEqual([])
})
