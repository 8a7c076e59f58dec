/**
 * Ingest and retention of the history store.
 *
 * `node --conditions=@traceml/source --import tsx bench/storage.ts [burst|burst-all-indexes|steady|read] [ranks...]`
 *
 * On a machine that does other work, rows per CPU second says more than rows per second.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePayload } from '@traceml/codec'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'

const EVENTS = [
  '_traceml_internal:dataloader_next',
  '_traceml_internal:forward_time',
  '_traceml_internal:backward_time',
  '_traceml_internal:optimizer_step',
  '_traceml_internal:step_time',
]
/** As the aggregator flushes. */
const FLUSH_ROWS = 2000
const now = (): bigint => BigInt(Date.now()) * 1_000_000n

let seed = 1
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return seed / 2_147_483_648
}

function meta(rank: number, world: number, sampler: string): Record<string, unknown> {
  return {
    rank,
    global_rank: rank,
    local_rank: rank % 8,
    world_size: world,
    local_world_size: Math.min(8, world),
    node_rank: Math.floor(rank / 8),
    hostname: `worker-${Math.floor(rank / 8)}`,
    pid: 1000 + rank,
    sampler,
    timestamp: 1_795_406_279.25,
  }
}

function stepRow(step: number): Record<string, unknown> {
  const events: Record<string, unknown> = {}
  for (const name of EVENTS) {
    const ms = 10 * (0.9 + 0.2 * random())
    events[name] = {
      cpu: { is_gpu: false, duration_ms: ms, cpu_ms: ms, gpu_ms: null, n_calls: 1 },
    }
  }
  return { seq: 2, timestamp: 1_795_406_279.5 + step * 0.1, step, events }
}

function memoryRow(step: number): Record<string, unknown> {
  return {
    seq: 2,
    ts: 1_795_406_279.5,
    model_id: 140_409_068_121_168,
    device: 'cuda:0',
    step,
    peak_alloc: 1e9 + step,
    peak_resv: 2e9 + step,
  }
}

function processRow(): Record<string, unknown> {
  return {
    seq: 3,
    ts: 1_795_406_279.5,
    pid: 77,
    cpu: 54.9,
    cpu_cores: 2,
    ram_used: 262_254_592.5,
    ram_total: 25_276_502_016.5,
    gpu_available: true,
    gpu_count: 2,
    gpu: { device: 1, mem_used: 2e9, mem_reserved: 3e9, mem_total: 8e9 },
  }
}

function frame(
  rank: number,
  world: number,
  first: number,
  steps: number,
  memory: boolean,
): Uint8Array {
  const numbers = Array.from({ length: steps }, (_, index) => first + index)
  const envelope = (sampler: string, table: string, rows: unknown): unknown => ({
    meta: meta(rank, world, sampler),
    body: { tables: { [table]: rows } },
  })
  const batch = [envelope('ProcessSampler', 'ProcessTable', [processRow()])]
  batch.push(envelope('StepTimeSampler', 'StepTimeTable', numbers.map(stepRow)))
  if (memory) batch.push(envelope('StepMemorySampler', 'step_memory', numbers.map(memoryRow)))
  return encodePayload(batch as never)
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** `early`: all indexes are there from the start, as in a file that was finished before. */
function burst(ranks: number, total: number, perFrame: number, early = false): void {
  const frames: Uint8Array[] = []
  for (let step = 1; frames.length * perFrame < total; step += perFrame) {
    for (let rank = 0; rank < ranks; rank += 1)
      frames.push(frame(rank, ranks, step, perFrame, false))
  }
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  if (early) openHistory({ path: join(folder, 'telemetry') }).finalize()
  const writer = openHistory({ path: join(folder, 'telemetry') })
  const cpu = cpuSeconds()
  const start = performance.now()
  let ingest = 0
  for (const payload of frames) {
    const at = performance.now()
    writer.ingestFrame(payload, now())
    ingest += performance.now() - at
    if (writer.pendingRows >= FLUSH_ROWS) writer.flush()
  }
  writer.flush()
  const seconds = (performance.now() - start) / 1000
  const used = cpuSeconds() - cpu
  const rows = frames.length * perFrame
  const { rowsRejected } = writer.stats()
  const finalStart = performance.now()
  const result = writer.finalize()
  console.log(
    `burst ranks=${ranks} perFrame=${perFrame}: ${Math.round(rows / seconds)} rows/s, ${Math.round(rows / used)} rows/CPU-s, ${((used / rows) * 1e5).toFixed(2)} CPU-s/100k, decode ${((ingest / rows) * 1e3).toFixed(2)} us/row, rejected ${rowsRejected}, finalize ${((performance.now() - finalStart) / 1000).toFixed(2)} s ok=${result.ok}, rss ${Math.round(process.memoryUsage().rss / 1048576)} MiB`,
  )
  rmSync(folder, { recursive: true })
}

function steady(ranks: number, seconds: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const path = join(folder, 'telemetry')
  const writer = openHistory({ path })
  const kept = 15_000
  for (let step = 1; step <= kept + 600; step += 100) {
    for (let rank = 0; rank < ranks; rank += 1) {
      writer.ingestFrame(frame(rank, ranks, step, 100, true), now())
    }
    if (writer.pendingRows > 10_000) writer.flush()
  }
  writer.flush()
  const prepared: Uint8Array[][] = []
  for (let second = 0; second < seconds; second += 1) {
    const first = kept + 601 + second * 10
    prepared.push(Array.from({ length: ranks }, (_, rank) => frame(rank, ranks, first, 10, true)))
  }
  const cpu = cpuSeconds()
  let longest = 0
  for (const frames of prepared) {
    // Two flushes a second, as the aggregator does.
    for (const half of [frames.slice(0, ranks / 2), frames.slice(ranks / 2)]) {
      for (const payload of half) writer.ingestFrame(payload, now())
      const at = performance.now()
      writer.flush()
      longest = Math.max(longest, performance.now() - at)
    }
  }
  const used = cpuSeconds() - cpu
  const rows = seconds * ranks * 10
  const size = Math.round(statSync(path).size / 1048576)
  const finalStart = performance.now()
  const finalCpu = cpuSeconds()
  const result = writer.finalize()
  const finalSeconds = (performance.now() - finalStart) / 1000
  const finalUsed = cpuSeconds() - finalCpu
  const snapshotStart = performance.now()
  const snapshot = writer.stepTimeSnapshot({ windowSize: 10_000 })
  console.log(
    `steady ranks=${ranks}: ${((used / rows) * 1e5).toFixed(2)} CPU-s/100k step rows, longest flush ${longest.toFixed(0)} ms, file ${size} MiB, finalize ${finalSeconds.toFixed(2)} s (${finalUsed.toFixed(2)} CPU-s) ok=${result.ok}, snapshot ${snapshot?.ranks.length ?? 'null'} ranks in ${(performance.now() - snapshotStart).toFixed(1)} ms, rss ${Math.round(process.memoryUsage().rss / 1048576)} MiB`,
  )
  rmSync(folder, { recursive: true })
}

async function read(ranks: number, steps: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-bench-'))
  const path = join(folder, 'telemetry')
  const writer = openHistory({ path })
  for (let step = 1; step <= steps; step += 20) {
    for (let rank = 0; rank < ranks; rank += 1) {
      writer.ingestFrame(frame(rank, ranks, step, 20, true), now())
    }
    writer.flush()
  }
  const store = openStore(path)
  const request = { windowSize: 10_000 }
  for (let run = 0; run < 3; run += 1) {
    const at = performance.now()
    const snapshot = await store.readStepTime(request)
    console.log(
      `read ranks=${ranks} steps=${steps}: ${(performance.now() - at).toFixed(0)} ms, ${snapshot.ranks.length} ranks x ${snapshot.ranks[0]?.steps.length}`,
    )
  }
  const live = { windowSize: 100, lookbackFactor: 4 }
  let previous = await store.readStepTimeLive(live, null)
  for (let run = 0; run < 4; run += 1) {
    if (run % 2 === 0) {
      for (let rank = 0; rank < ranks; rank += 1) {
        writer.ingestFrame(frame(rank, ranks, steps + 1 + run * 20, 20, true), now())
      }
      writer.flush()
    }
    const at = performance.now()
    const next = await store.readStepTimeLive(live, previous)
    console.log(`live: ${(performance.now() - at).toFixed(2)} ms, same=${next === previous}`)
    previous = next
  }
  const memoryStart = performance.now()
  const memory = await store.readStepMemory({ windowRows: 10_000 })
  console.log(
    `memory: ${(performance.now() - memoryStart).toFixed(0)} ms, ${memory.rows.length} rows`,
  )
  await store.close()
  writer.finalize()
  rmSync(folder, { recursive: true })
}

const [mode = 'burst', ...rest] = process.argv.slice(2)
const ranks = rest.length > 0 ? rest.map(Number) : [1, 8, 64]
for (const count of ranks) {
  if (mode === 'burst') {
    burst(count, 200_000, 20)
    if (count === 8) burst(count, 100_000, 1)
  } else if (mode === 'burst-all-indexes') burst(count, 200_000, 20, true)
  else if (mode === 'steady') steady(count, 104)
  else await read(count, count > 8 ? 2000 : 10_000)
}
