import {
  type EnvelopeMeta,
  PHASE_EVENTS,
  SAMPLER_NAMES,
  type TelemetryEnvelope,
  type WireRow,
} from '@traceml/contracts'

function envelope(
  sampler: string,
  table: string,
  globalRank: number,
  rows: readonly WireRow[],
): TelemetryEnvelope {
  const meta: EnvelopeMeta = {
    rank: globalRank,
    global_rank: globalRank,
    local_rank: 0,
    world_size: 4,
    local_world_size: 2,
    node_rank: Math.floor(globalRank / 2),
    hostname: `w${globalRank}`,
    pid: 100 + globalRank,
    sampler,
    timestamp: 50,
  }
  return { meta, body: { tables: { [table]: rows } } }
}

/** A step with a forward phase and the whole step, on the host's clock. */
function step(number: number, forwardMs: number): WireRow {
  const stats = (ms: number): WireRow => ({
    cpu: { is_gpu: false, duration_ms: ms, cpu_ms: ms, gpu_ms: null, n_calls: 1 },
  })
  return {
    seq: 1,
    timestamp: 100 + number,
    step: number,
    events: {
      [PHASE_EVENTS.forward]: stats(forwardMs),
      [PHASE_EVENTS.traced_step_time]: stats(forwardMs * 2),
    },
  }
}

function of(name: keyof typeof SAMPLER_NAMES, rank: number, rows: readonly WireRow[]) {
  const { sampler, table } = SAMPLER_NAMES[name]
  return envelope(sampler, table, rank, rows)
}

const gpu = (util: number): readonly (readonly number[])[] => [[util, 1, 2, 3, 4, 5]]

const namesOf = (count: number): readonly string[] => ['dense', 'out'].slice(0, count)

function layerModel(index: number, bytes: readonly number[]): WireRow {
  const layers = namesOf(bytes.length)
  return { seq: 1, ts: 1, model_index: index, model_signature: 's', layers, layer_bytes: bytes }
}

/** Times of two layers; `gpu_ms` of the second one only. */
function layerTimes(model: number, number: number, ms: number): WireRow {
  return {
    seq: 1,
    ts: number,
    model_id: model,
    step: number,
    device: 'cpu',
    layers: namesOf(2),
    cpu_ms: [ms, ms * 2],
    gpu_ms: [null, ms],
    n_calls: [1, 2],
  }
}

/** Rows of every kind: two ranks on two nodes, a repeated step, rows without values. */
export const STORE_FIXTURE: readonly TelemetryEnvelope[] = /* @__PURE__ */ Object.freeze([
  of('runtimeEnvironment', 0, [
    { seq: 0, ts: 1, training_strategy: 'ddp' },
    { seq: 0, ts: 1, training_strategy: ' FSDP ' },
    { seq: 0, ts: 1, training_strategy: '  ' },
  ]),
  of('system', 2, [{ seq: 3, ts: 3, cpu: 3, gpu_available: false, gpu_count: 0, gpus: [] }]),
  of('system', 0, [
    { seq: 1, ts: 1, cpu: 1, gpu_available: true, gpu_count: 1, gpus: gpu(10) },
    { seq: 2, ts: 2, cpu: 2, gpu_available: true, gpu_count: 1, gpus: gpu(20) },
    { seq: 3, ts: 3, cpu: 3, gpu_available: true, gpu_count: 1, gpus: gpu(30) },
  ]),
  of('process', 2, [{ seq: 1, ts: 1, cpu: null, gpu_available: null }]),
  of('process', 0, [
    { seq: 2, ts: 2, cpu: 20, gpu: { device: 0, mem_used: 1, mem_reserved: 2, mem_total: 80 } },
    { seq: 3, ts: 3, cpu: 30, gpu_available: true, gpu: null },
  ]),
  of('stepTime', 2, [step(2, 2), step(3, 3), step(4, 4)]),
  of('stepTime', 0, [step(1, 1), step(2, 2), step(3, 3), step(5, 5), step(4, 4)]),
  of('stepTime', 0, [step(4, 40)]),
  of('stepMemory', 2, [
    { seq: 1, ts: 1, device: 'cpu', step: 9, peak_alloc: null, peak_resv: null },
  ]),
  of('stepMemory', 0, [
    { seq: 1, ts: 1, device: 'cuda:0', step: 1, peak_alloc: 10, peak_resv: 11 },
    { seq: 1, ts: 1, device: 'cuda:0', step: 2, peak_alloc: 20, peak_resv: 21 },
    { seq: 1, ts: 1, device: 'cuda:0', step: 2, peak_alloc: 22, peak_resv: 23 },
  ]),
  of('layerMemory', 2, [layerModel(0, [8, 16])]),
  of('layerMemory', 0, [layerModel(1, [4]), layerModel(0, [8, 16]), layerModel(0, [8, 32])]),
  of('layerForwardTime', 2, [layerTimes(0, 4, 1)]),
  of('layerForwardTime', 0, [layerTimes(0, 4, 1), layerTimes(0, 8, 2), layerTimes(0, 12, 3)]),
  of('layerForwardTime', 0, [layerTimes(0, 12, 30), layerTimes(1, 4, 5)]),
  envelope('acme/disk', 'disks', 0, [{ ts: 7, free: 1 }]),
  envelope('acme/other', 'disks', 0, [{ ts: 8, free: 2 }]),
  envelope('acme/disk', 'disks', 0, [{ free: null }]),
  envelope('acme/disk', 'volumes', 0, [{ name: 'a' }]),
])
