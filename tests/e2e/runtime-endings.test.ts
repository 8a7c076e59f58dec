import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTraining } from './runtime-support/child.js'
import { startReceiver, until, upTo } from './runtime-support/receiver.js'

const TRAIN_ASYNC = `
for (let step = 0; step < 1e9; step += 1) {
  traceStep(() => phase('forward', () => busy(1)))
  if (step === 20) say('training')
  await later(2)
}`
const TRAIN_SYNC = `
for (let step = 0; ; step += 1) {
  traceStep(() => phase('forward', () => busy(1)))
  if (step === 400) say('training')
}`

test.each([
  ['falls off its end', '', 0, ''],
  ['calls process.exit', 'process.exit(3)', 3, ''],
  ['sets an exit code', 'process.exitCode = 9', 9, ''],
  ['throws', "throw new Error('CUDA is sad')", 1, 'CUDA is sad'],
  ['rejects', "void Promise.reject(new Error('late'))", 1, 'late'],
])('nothing is lost when the script %s', async (_name, ending, code, stderr) => {
  await using receiver = await startReceiver()
  const body = `for (let step = 0; step < 500; step += 1) traceStep(() => busy(0.2))\n${ending}`
  using training = startTraining(receiver.port, body)
  expect((await training.ended).code).toBe(code)
  await until(() => receiver.finished.length > 0)
  expect(receiver.steps()).toEqual(upTo(500))
  expect(receiver.finished).toMatchObject([{ global_rank: 0, world_size: 1 }])
  expect(receiver.rows.get('agent_stats')!.at(-1)).toMatchObject({
    steps_completed: 500,
    steps_dropped: 0,
    rows_dropped: 0,
    batches_dropped: 0,
  })
  expect(training.stderr()).toContain(stderr)
  expect(training.stderr()).not.toContain('[traceml]')
})

test('a script too short for a connection is recorded too', async () => {
  await using receiver = await startReceiver()
  using training = startTraining(receiver.port, 'traceStep(() => {})')
  expect((await training.ended).code).toBe(0)
  await until(() => receiver.finished.length > 0)
  expect(receiver.steps()).toEqual([1])
})

test('SIGINT ends asynchronous training by the signal, with its last steps and its end told', async () => {
  await using receiver = await startReceiver()
  using training = startTraining(receiver.port, TRAIN_ASYNC)
  await until(() => training.said.length > 0)
  await until(() => receiver.steps().length > 40)
  training.kill('SIGINT')
  expect((await training.ended).code).toBe('SIGINT')
  await until(() => receiver.finished.length > 0)
  const last = receiver.rows.get('agent_stats')!.at(-1)!
  expect(receiver.steps()).toEqual(upTo(Number(last['steps_completed'])))
})

test('a signal that arrives in one slow step of asynchronous training is not lost', async () => {
  await using receiver = await startReceiver()
  const body = `
for (let step = 0; step < 1e9; step += 1) {
  traceStep(() => {
    if (step !== 40) return busy(1)
    busy(60)
    process.kill(process.pid, 'SIGINT')
    busy(160)
    say(process.listenerCount('SIGINT'))
  })
  await later(5)
}`
  using training = startTraining(receiver.port, body)
  expect((await training.ended).code).toBe('SIGINT')
  await until(() => receiver.finished.length > 0)
  expect(receiver.steps()).toContain(41)
})

test('SIGINT ends a loop that never yields at once, by its default action', async () => {
  await using receiver = await startReceiver()
  using training = startTraining(receiver.port, TRAIN_SYNC)
  await until(() => training.said.length > 0 || receiver.steps().length > 300)
  training.kill('SIGINT')
  expect((await training.ended).code).toBe('SIGINT')
  expect(receiver.steps().length).toBeGreaterThan(250)
})

test('a loop that yielded before and never again gets the default action back', async () => {
  await using receiver = await startReceiver()
  const body = `
for (let step = 0; step < 50; step += 1) { traceStep(() => busy(1)); await later(5) }
const listening = process.listenerCount('SIGTERM')
for (let step = 0; ; step += 1) {
  traceStep(() => busy(5))
  if (step === 60) (await import('node:fs')).writeSync(1, JSON.stringify({ before: listening, now: process.listenerCount('SIGTERM') }) + '\\n')
  if (step > 60) { traceStep(() => busy(5)) }
}`.replace("(await import('node:fs'))", 'fs')
  using training = startTraining(receiver.port, `import * as fs from 'node:fs'\n${body}`)
  await until(() => training.said.length > 0)
  expect(training.said).toEqual([{ before: 1, now: 0 }])
  training.kill('SIGTERM')
  expect((await training.ended).code).toBe('SIGTERM')
})

test('signals of a script that handles them itself stay its own', async () => {
  await using receiver = await startReceiver()
  const body = `
process.on('SIGINT', () => { say({ listeners: process.listenerCount('SIGINT') }); process.exit(7) })
${TRAIN_ASYNC}`
  using training = startTraining(receiver.port, body)
  await until(() => training.said.length > 0)
  training.kill('SIGINT')
  expect((await training.ended).code).toBe(7)
  expect(training.said.at(-1)).toEqual({ listeners: 1 })
  await until(() => receiver.finished.length > 0)
})

test('kill -9 loses no step of an earlier tick', async () => {
  await using receiver = await startReceiver()
  const body = `
import { writeSync } from 'node:fs'
for (let step = 1; step <= 1500; step += 1) traceStep(() => busy(1))
writeSync(1, '"done"\\n')
for (;;) busy(10)`
  using training = startTraining(receiver.port, body)
  await until(() => training.said.length > 0)
  // Every step was complete then; with the next tick all of them are out, although nothing ended.
  await until(() => receiver.steps().length === 1_500)
  training.kill('SIGKILL')
  expect((await training.ended).code).toBe('SIGKILL')
  expect(receiver.steps()).toEqual(upTo(1_500))
})

test('a loop that never yields is seen while it runs', async () => {
  await using receiver = await startReceiver()
  // It ends only when it was seen.
  const body = `
import { existsSync } from 'node:fs'
const start = performance.now()
while (!existsSync('seen')) traceStep(() => busy(5))
say({ cpu: process.cpuUsage().user / 10 / (performance.now() - start) })`
  using training = startTraining(receiver.port, body)
  const rows = (table: string) => receiver.rows.get(table) ?? []
  await until(() => receiver.steps().length > 100 && rows('SystemTable').length >= 3, 60)
  writeFileSync(join(training.folder, 'seen'), '')
  await until(() => receiver.finished.length > 0)
  // Percent of one core, which others may have kept from it.
  const [said] = training.said as { readonly cpu: number }[]
  const cpu = rows('ProcessTable').map((row) => Number(row['cpu']))
  expect(Math.max(...cpu)).toBeGreaterThan((said?.cpu ?? Number.NaN) / 2)
})
