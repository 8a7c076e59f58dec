// The report of a run: from its history file in a fresh process, and at the end of a run from what
// the writer has kept in memory.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { median, report } from './lib/report.mjs'
import { writeHistory } from './lib/report-generator.mjs'

const GENERATOR = fileURLToPath(new URL('./lib/report-generator.mjs', import.meta.url))
const FILE_REPEATS = 5
const MEMORY_REPEATS = 3

/** Ranks, steps, and the aims: seconds from the file, seconds from memory, MiB. */
const HISTORIES = [
  [1, 10_000, 0.2, 0.15, undefined],
  [8, 10_000, 0.9, 0.4, 150],
  [64, 2000, 1.4, 0.6, undefined],
  [256, 1000, 2.8, 1.1, 300],
]

function generate(...args) {
  const child = spawnSync(process.execPath, [GENERATOR, ...args.map(String)], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout)
}

/** CPU of the call: on a shared machine the steadier figure. */
function cpuSeconds(runs) {
  return (median(runs.map(({ cpuMs }) => cpuMs)) / 1000).toFixed(2)
}

for (const [ranks, steps, fileAim, memoryAim, memoryLimitMiB] of HISTORIES) {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const path = join(folder, 'telemetry')
  writeHistory(path, ranks, steps)
  const name = `${ranks} x ${steps} steps`
  const fromFile = Array.from({ length: FILE_REPEATS }, () => generate('file', path))
  const [{ status, jsonBytes }] = fromFile
  report({
    id: 'R1',
    quantity: `report from the file, ${name}`,
    unit: 's',
    ours: median(fromFile.map(({ ms }) => ms)) / 1000,
    aim: fileAim,
    note: `median of ${FILE_REPEATS} processes; CPU ${cpuSeconds(fromFile)} s; ${status}, ${Math.round(jsonBytes / 1000)} kB of JSON`,
  })
  report({
    id: 'R3',
    quantity: `highest memory of that process, ${name}`,
    unit: 'MiB',
    ours: median(fromFile.map(({ peakMiB }) => peakMiB)),
    ...(memoryLimitMiB === undefined ? {} : { aim: memoryLimitMiB }),
    note: `of it ${Math.round(median(fromFile.map(({ beforeMiB }) => beforeMiB)))} MiB before the call`,
  })
  const fromMemory = Array.from({ length: MEMORY_REPEATS }, (_, index) =>
    generate('memory', join(folder, `run-${index}`), ranks, steps),
  )
  report({
    id: 'R2',
    quantity: `report at the end of a run, ${name}`,
    unit: 's',
    ours: median(fromMemory.map(({ ms }) => ms)) / 1000,
    aim: memoryAim,
    note: `median of ${MEMORY_REPEATS} processes, from columns kept since ingest; CPU ${cpuSeconds(fromMemory)} s`,
  })
  rmSync(folder, { recursive: true })
}
