import type { Exporter, ExporterStats, ExportItem, TelemetryEnvelope } from '@traceml/contracts'

/** Options of {@link checkExporter}. */
export interface CheckExporterOptions {
  /** How long flushing and shutting down may take. Default 2000 ms. */
  readonly timeoutMs?: number
  /** How much longer than asked for they may take before it is a violation. Default 1000 ms. */
  readonly graceMs?: number
  /** Milliseconds of any clock. Default `Date.now`, which this package can count on everywhere. */
  readonly nowMs?: () => number
}

/** Batches of one envelope each, more than any bounded queue should hold for long. */
const BURST = 200

function reject(id: string, problem: string): never {
  throw new Error(`Exporter "${id}" ${problem}`)
}

function sampleEnvelope(step: number): TelemetryEnvelope {
  return {
    meta: {
      rank: 0,
      global_rank: 0,
      local_rank: 0,
      world_size: 1,
      local_world_size: 1,
      node_rank: 0,
      hostname: 'host-0',
      pid: 1,
      sampler: 'StepTimeSampler',
      timestamp: 1_700_000_000 + step,
    },
    body: { tables: { StepTimeTable: [{ seq: step, ts: 1_700_000_000 + step, step }] } },
  }
}

function checkStats(id: string, stats: ExporterStats, before: ExporterStats): void {
  for (const key of ['exportedBatches', 'droppedBatches', 'droppedRows'] as const) {
    if (!Number.isSafeInteger(stats[key]) || stats[key] < before[key]) {
      reject(id, `reports ${key} ${String(stats[key])}; counters are whole and never go down.`)
    }
  }
}

function exportSafely(exporter: Exporter, items: readonly ExportItem[]): void {
  const before = JSON.stringify(items)
  try {
    const result: unknown = exporter.export(items)
    if (result !== undefined)
      reject(exporter.id, 'returned something from export; it must not wait.')
  } catch (error) {
    reject(
      exporter.id,
      `threw in export: ${String(error)}; queue the items and count what is lost.`,
    )
  }
  if (JSON.stringify(items) !== before) {
    reject(exporter.id, 'modified the items; other exporters share them.')
  }
}

async function checkDeadline(
  id: string,
  what: string,
  work: () => Promise<void>,
  options: Required<CheckExporterOptions>,
): Promise<void> {
  const limitMs = options.timeoutMs + options.graceMs
  const startMs = options.nowMs()
  await work().catch((error: unknown) => reject(id, `rejected ${what}: ${String(error)}.`))
  const tookMs = options.nowMs() - startMs
  if (tookMs > limitMs) {
    reject(id, `took ${Math.round(tookMs)} ms for ${what}(${options.timeoutMs}).`)
  }
}

/**
 * Checks that an exporter keeps the contract of `Exporter`: `export` returns at once and never
 * throws, not even in a burst, items stay untouched, counters only grow and show
 * what became of the batches, and `forceFlush` and `shutdown` keep their deadline.
 *
 * The exporter is shut down afterwards. Give one that can deliver, and in a second call one whose
 * destination is out of reach.
 *
 * @throws {Error} With one sentence about the first broken promise.
 */
export async function checkExporter(
  create: () => Exporter | Promise<Exporter>,
  options: CheckExporterOptions = {},
): Promise<ExporterStats> {
  const limits = {
    timeoutMs: options.timeoutMs ?? 2000,
    graceMs: options.graceMs ?? 1000,
    nowMs: options.nowMs ?? Date.now,
  }
  const exporter = await create()
  const { id } = exporter
  if (exporter.apiVersion !== 1 || exporter.kind !== 'exporter' || id.trim() === '') {
    reject(id, 'must declare apiVersion 1, kind "exporter" and an id.')
  }
  const start = exporter.stats()
  checkStats(id, start, start)
  exportSafely(exporter, [])
  const burstStartMs = limits.nowMs()
  for (let step = 1; step <= BURST; step += 1) exportSafely(exporter, [sampleEnvelope(step)])
  const burstMs = limits.nowMs() - burstStartMs
  if (burstMs > limits.graceMs) {
    reject(id, `took ${Math.round(burstMs)} ms for ${BURST} calls of export; it must not wait.`)
  }
  await checkDeadline(id, 'forceFlush', () => exporter.forceFlush(limits.timeoutMs), limits)
  checkStats(id, exporter.stats(), start)
  const flushed = exporter.stats()
  await checkDeadline(id, 'shutdown', () => exporter.shutdown(limits.timeoutMs), limits)
  const end = exporter.stats()
  checkStats(id, end, flushed)
  if (end.exportedBatches + end.droppedBatches === start.exportedBatches + start.droppedBatches) {
    reject(id, `counted nothing of ${BURST} batches; count what was delivered and what was lost.`)
  }
  return end
}
