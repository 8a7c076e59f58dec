import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTraining, type Training } from './runtime-support/child.js'
import { startReceiver, until, upTo } from './runtime-support/receiver.js'

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
/** An exit that waits for a peer that does not answer takes three seconds. */
const FLUSH_MS = 2_500
/** Training that never yields, until the test has seen a line of ours. */
const UNTIL_TOLD = `
import { existsSync } from 'node:fs'
while (!existsSync('told')) traceStep(() => busy(1))`
async function told(training: Training): Promise<void> {
  await until(() => training.stderr().includes('[traceml]'))
  writeFileSync(join(training.folder, 'told'), '')
}
const warnings = (stderr: string) => stderr.split('\n').filter((line) => line.includes('[traceml]'))

test('without an aggregator: one line, the exit at once, the exit code untouched', async () => {
  const body = `
${UNTIL_TOLD}
const at = performance.now()
process.on('exit', () => say({ flushMs: performance.now() - at }))
process.exitCode = 5`
  using training = startTraining(await closedPort(), body)
  await told(training)
  expect((await training.ended).code).toBe(5)
  expect(warnings(training.stderr())).toHaveLength(1)
  expect(training.stderr()).toMatch(/^\[traceml\] the aggregator at 127\.0\.0\.1:\d+ cannot/)
  expect((training.said[0] as { flushMs: number }).flushMs).toBeLessThan(FLUSH_MS)
})

test('an aggregator that dies costs one line and no time at the end', async () => {
  const receiver = await startReceiver()
  const body = `
${UNTIL_TOLD}
const at = performance.now()
process.on('exit', () => say({ flushMs: performance.now() - at }))`
  using training = startTraining(receiver.port, body)
  await until(() => receiver.steps().length > 10)
  await receiver.stop()
  await told(training)
  expect((await training.ended).code).toBe(0)
  expect(warnings(training.stderr())).toHaveLength(1)
  expect((training.said[0] as { flushMs: number }).flushMs).toBeLessThan(FLUSH_MS)
})

test('the runtime starts again after a stop and keeps nothing alive', async () => {
  const body = `
const holding = process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker|Timeout/.test(name))
await runtime.stop()
const again = startRuntime({ ...options })
say({ holding, active: again.active })`
  using training = startTraining(await closedPort(), body)
  expect((await training.ended).code).toBe(0)
  const [said] = training.said as { holding: string[]; active: boolean }[]
  expect(said).toMatchObject({ holding: [], active: true })
})

test('init returns at once when nobody answers, and with raise it throws', async () => {
  const port = await closedPort()
  const body = `
const start = performance.now()
const config = init({ mode: 'manual', aggregatorPort: ${port} })
const ms = performance.now() - start
traceStep(() => {})
await activeRuntime().stop()
say({ config: config.mode, ms })`
  using training = startTraining(port, body, { TRACEML_AGGREGATOR_PORT: '' })
  expect((await training.ended).code).toBe(0)
  const [said] = training.said as { config: string; ms: number }[]
  expect(said!.config).toBe('manual')
  expect(said!.ms).toBeLessThan(2_000)

  using strict = startTraining(
    port,
    `try { init({ aggregatorPort: ${port}, onMissingAggregator: 'raise' }) } catch (error) { say({ code: error.code }) }`,
    { TRACEML_AGGREGATOR_PORT: '' },
  )
  expect((await strict.ended).code).toBe(0)
  expect(strict.said).toEqual([{ code: 'TRACEML_TRANSPORT_CLOSED' }])
})

test('a setting that cannot be used costs one line, never the training', async () => {
  using training = startTraining(1, "init(); say({ done: traceStep(() => 'ran') })", {
    TRACEML_AGGREGATOR_PORT: '',
    TRACEML_INTERVAL: 'fast',
  })
  expect((await training.ended).code).toBe(0)
  expect(training.said).toEqual([{ done: 'ran' }])
  expect(warnings(training.stderr())).toEqual([expect.stringContaining('TRACEML_INTERVAL')])
})

test('forked children and worker threads do not start a second runtime', async () => {
  await using receiver = await startReceiver()
  const body = `
import { fork } from 'node:child_process'
import { Worker, isMainThread } from 'node:worker_threads'
const child = process.argv[2] === 'child'
traceStep(() => {})
if (child || !isMainThread) say({ child, active: activeRuntime()?.active ?? false })
else {
  const forked = fork(process.argv[1], ['child'])
  await new Promise((resolve) => forked.once('exit', resolve))
  const worker = new Worker(process.argv[1])
  await new Promise((resolve) => worker.once('exit', resolve))
  say({ main: activeRuntime().active, token: process.env.TRACEML_TOKEN ?? null })
}`
  using training = startTraining(receiver.port, body, { TRACEML_TOKEN: 'secret' })
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
  expect(training.said).toEqual([
    { child: true, active: false },
    { child: false, active: false },
    { main: true, token: null },
  ])
  expect(receiver.finished).toHaveLength(1)
  expect(receiver.steps()).toEqual([1])
})

test('the recording limit is inclusive, and the end is still told', async () => {
  await using receiver = await startReceiver()
  const body =
    'for (let step = 0; step < 40; step += 1) { traceStep(() => busy(1)); await later(1) }'
  using training = startTraining(receiver.port, body, { TRACEML_TRACE_MAX_STEPS: '7' })
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
  expect(receiver.steps()).toEqual(upTo(7))
})

test('the token is presented', async () => {
  await using receiver = await startReceiver({ token: 'secret' })
  using training = startTraining(receiver.port, 'traceStep(() => {})', { TRACEML_TOKEN: 'secret' })
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
})

test('cli mode: what is printed reaches the terminal as before, and the aggregator', async () => {
  await using receiver = await startReceiver()
  const body = `
process.stdout.write('epoch ')
process.stdout.write('1\\n\\n')
console.error('careful')
await later(300)
process.stdout.write('no end')`
  using training = startTraining(receiver.port, body, { TRACEML_UI_MODE: 'cli' })
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
  expect(training.stdout()).toBe('epoch 1\n\nno end')
  expect(training.stderr()).toBe('careful\n')
  expect(receiver.rows.get('stdout_stderr')).toEqual([
    { line: 'epoch 1' },
    { line: 'careful' },
    { line: 'no end' },
  ])
})

test('a sampler of the user travels; a module that cannot be used costs one line', async () => {
  await using receiver = await startReceiver()
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const folder = await mkdtemp(join(tmpdir(), 'traceml-module-'))
  const module = join(folder, 'sampler.mjs')
  await writeFile(
    module,
    `export default () => ({ apiVersion: 1, kind: 'sampler', id: 'acme/load', samplerName: 'AcmeLoad',
       sample: (sink) => sink.emit('load', { one: 0.5 }) })`,
  )
  using training = startTraining(receiver.port, 'await later(200)', {
    TRACEML_SAMPLER_MODULES: JSON.stringify([module, '/absent/module.js']),
  })
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
  expect(receiver.rows.get('load')![0]).toEqual({ one: 0.5 })
  expect(receiver.metas.some((meta) => meta['sampler'] === 'AcmeLoad')).toBe(true)
  expect(warnings(training.stderr())).toEqual([expect.stringContaining('/absent/module.js')])
  await rm(folder, { recursive: true })
})

test('the training process loads no storage, display or reporting code', async () => {
  await using receiver = await startReceiver()
  // The whole static graph of both threads, and what CommonJS loaded at run time.
  const body = `
import { createRequire, isBuiltin } from 'node:module'
import { readFileSync } from 'node:fs'
const files = new Set()
const builtins = new Set()
const walk = (url) => {
  if (files.has(url)) return
  files.add(url)
  const text = readFileSync(new URL(url), 'utf8')
  for (const [, next] of text.matchAll(/(?:from|import)\\s*\\(?["']([^"'\\n]+)["']/g)) {
    if (isBuiltin(next)) builtins.add(next.replace(/^node:/, ''))
    else if (next.startsWith('.')) walk(new URL(next, url).href)
    else walk(packageEntry(next, url))
  }
}
const packageEntry = (name, from) => {
  const entry = createRequire(from).resolve(name)
  return new URL(entry, 'file:').href
}
for (const entry of ENTRIES) walk(entry)
traceStep(() => {})
say({
  packages: [...new Set([...files].map((file) => file.match(/packages\\/([a-z-]+)\\//)?.[1] ?? file))].sort(),
  builtins: [...builtins].sort(),
  required: Object.keys(createRequire(import.meta.url).cache),
})`
  const entries = ['index', 'agent-worker'].map(
    (name) => new URL(`../../packages/runtime/dist/${name}.js`, import.meta.url).href,
  )
  using training = startTraining(
    receiver.port,
    `const ENTRIES = ${JSON.stringify(entries)}\n${body}`,
  )
  expect((await training.ended).code).toBe(0)
  expect(training.said).toMatchObject([
    { packages: ['codec', 'contracts', 'runtime', 'samplers', 'transport'], required: [] },
  ])
  const [{ builtins }] = training.said as [{ builtins: string[] }]
  expect(builtins).toContain('worker_threads')
  for (const heavy of ['sqlite', 'http', 'https', 'readline', 'child_process', 'inspector']) {
    expect(builtins).not.toContain(heavy)
  }
})
