// What watching for leaks of tensors adds to a step: the part of the hooks that only it needs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { build } from 'esbuild'
import { median, report } from './lib/report.mjs'

const BLOCKS = 60
const STEPS = 2_000
const COLD_STEPS = 400
/** Empties even the last level of the caches. */
const EVICTED = new Float64Array((32 * 1024 * 1024) / 8)
const AIM_NS = 1_000

// It is inside the hooks, so it is bundled by itself from the same source.
const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
const outfile = join(folder, 'leak-watch.mjs')
const entry = join(import.meta.dirname, '../packages/tfjs/src/signals/leak-watch.ts')
await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node' })
const { createLeakWatch } = await import(pathToFileURL(outfile).href)
rmSync(folder, { recursive: true })

const engine = tf.engine()
const watchOf = () => createLeakWatch(engine, process.cwd(), () => {})
let kept = []

/** Nanoseconds of a step's note in a loop, what `between` does left out. */
function hot(between) {
  const watch = watchOf()
  const blocks = []
  for (let block = 0; block < BLOCKS; block += 1) {
    let noteMs = 0
    for (let step = 0; step < STEPS; step += 16) {
      for (let index = 0; index < 16; index += 1) between()
      const start = performance.now()
      for (let index = 0; index < 16; index += 1) watch.noteStep(start)
      noteMs += performance.now() - start
    }
    blocks.push((noteMs / STEPS) * 1e6)
    tf.dispose(kept)
    kept = []
  }
  watch.close()
  return median(blocks)
}

function cold() {
  const watch = watchOf()
  const times = []
  const clock = []
  for (let step = 0; step < COLD_STEPS; step += 1) {
    for (let at = 0; at < EVICTED.length; at += 8) EVICTED[at] += 1
    let start = performance.now()
    watch.noteStep(start)
    times.push(performance.now() - start)
    start = performance.now()
    clock.push(performance.now() - start)
  }
  watch.close()
  return Math.max(0, median(times) - median(clock)) * 1e6
}

const note = 'alone, without the rest of the hooks'
const row = { id: 'LK', unit: 'ns', aim: AIM_NS }
report({ ...row, quantity: 'watch for leaks, a healthy step, hot', ours: hot(() => {}), note })
report({ ...row, quantity: 'the same, caches cold', ours: cold(), note: `median of ${COLD_STEPS}` })
report({
  ...row,
  quantity: 'the same, every step leaks a tensor',
  ours: hot(() => kept.push(tf.scalar(1))),
  note: 'looks at lines included; the stacks of a look are taken where tensors are made',
})
