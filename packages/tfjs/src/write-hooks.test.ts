import fs, { writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMemoryRecorder, phaseMs } from '../test/memory-recorder.js'
import { tf } from '../test/tensorflow.js'
import { makeLinear, makeTensors, work } from '../test/training.js'
import { installAutoInstrumentation } from './auto-instrumentation.js'

test('what a loop writes to files is no input, what it makes afterwards is', async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'traceml-writes-'))
  const before = { sync: fs.writeFileSync, async: fs.promises.writeFile }
  const recorder = createMemoryRecorder()
  const uninstall = installAutoInstrumentation({ recorder })
  try {
    expect(fs.writeFileSync).not.toBe(before.sync)
    const { loss, w } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const trainOnNewBatch = () => {
      const { xs, ys } = makeTensors(16)
      optimizer.minimize(() => loss(xs, ys), false, [w])
    }
    trainOnNewBatch()
    work(20)
    fs.writeFileSync(join(folder, 'log'), 'x')
    trainOnNewBatch()
    work(20)
    await fs.promises.writeFile(join(folder, 'log'), 'x')
    work(3)
    trainOnNewBatch()
    const [, second, third] = recorder.steps
    expect(phaseMs(second!, 'input_wait')).toBeLessThan(20)
    expect(second!.tracedMs).toBeGreaterThanOrEqual(20)
    expect(phaseMs(third!, 'input_wait')).toBeGreaterThanOrEqual(3)
    expect(phaseMs(third!, 'input_wait')).toBeLessThan(20)
    await expect(fs.promises.writeFile(folder, 'x')).rejects.toThrow('EISDIR')
    expect(() => fs.writeFileSync(folder, 'x')).toThrow('EISDIR')
  } finally {
    uninstall()
    fs.rmSync(folder, { recursive: true })
  }
  expect({ sync: fs.writeFileSync, async: fs.promises.writeFile }).toEqual(before)
  expect({ sync: writeFileSync, async: writeFile }).toEqual(before)
})
