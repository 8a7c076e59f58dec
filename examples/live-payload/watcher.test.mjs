import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWatcher } from './watcher.mjs'

function train(steps, inputWait) {
  let seconds = 0
  const watcher = createWatcher({ name: 't', totalSteps: 400, samplesPerStep: 32 }, () => seconds)
  for (let step = 1; step <= steps; step += 1) {
    const whole = inputWait + 40
    watcher.step(step, { inputWait, forward: 12, backward: 20, optimizer: 5, whole })
    seconds += whole / 1000
    if (step % 20 === 0) watcher.payload()
  }
  return { watcher, wait: (more) => (seconds += more) }
}

test('a loop that waits for input is told so, with what is left to do', () => {
  const { watcher } = train(200, 40)
  const { verdict, progress } = watcher.payload()
  assert.equal(verdict.kind, 'INPUT_BOUND')
  assert.equal(progress.steps_completed, 200)
  assert.equal(progress.completed_ratio, 0.5)
  assert.ok(Math.abs(progress.eta_s - 16) < 1, `${progress.eta_s} s are left`)
  assert.ok(Math.abs(progress.samples_per_s - 400) < 20)
})

test('a loop that feeds itself is balanced or bound by compute', () => {
  const { watcher } = train(200, 0)
  assert.equal(watcher.payload().verdict.severity, 'info')
})

test('a loop that hangs is stalled', () => {
  const { watcher, wait } = train(100, 0)
  assert.equal(watcher.payload().run.freshness.state, 'live')
  wait(60)
  const { verdict } = watcher.payload()
  assert.equal(verdict.kind, 'STALLED')
  assert.match(verdict.summary, /step 100/)
})

test('the past is there at the wanted resolution', () => {
  const series = train(300, 10).watcher.series({ points: 10 })
  assert.equal(series.newest_step, 300)
  assert.ok(series.steps.length <= 10)
})
