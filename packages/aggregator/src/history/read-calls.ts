import type {
  CustomSampleRow,
  LayerRequest,
  LayerWindow,
  ProcessSampleRow,
  RankMemoryColumns,
  RankStepColumns,
  StepMemoryColumns,
  StepMemorySampleRow,
  StepMemoryWindow,
  StepTimeRequest,
  StepTimeSnapshot,
  Store,
  SystemGpuSampleRow,
  SystemSampleRow,
  WindowRequest,
} from '@traceml/contracts'
import { buffersOf, type PackedRows, packRows, unpackRows } from './row-columns.js'

const NO_LAYERS: LayerWindow = { models: [], samples: [] }

/** A read of a store as it travels to the thread that has the history open. @internal */
export type ReadCall =
  /** Comes first; fails when there is no history to read. */
  | { readonly read: 'open' }
  /** Comes last. */
  | { readonly read: 'close' }
  | { readonly read: 'stepTime'; readonly request: StepTimeRequest }
  | { readonly read: 'stepTimeLive'; readonly request: StepTimeRequest }
  | { readonly read: 'system'; readonly request: WindowRequest }
  | { readonly read: 'process'; readonly request: WindowRequest }
  | { readonly read: 'stepMemory'; readonly request: WindowRequest }
  | { readonly read: 'stepMemoryColumns'; readonly request: WindowRequest }
  | { readonly read: 'layers'; readonly request: LayerRequest }
  | { readonly read: 'missingTables' }
  | { readonly read: 'custom'; readonly request: Parameters<Store['readCustom']>[0] }

/** The answer to a call: rows as columns, the rest as it is. @internal */
export interface ReadAnswer {
  readonly rows: readonly PackedRows[]
  readonly rest: unknown
}

/** Carries a call to the store and its answer back. @internal */
export type ReadCarrier = (call: ReadCall) => Promise<ReadAnswer>

/** Calls that read, apart from those that begin and end the reading. @internal */
export type RowsCall = Exclude<ReadCall, { readonly read: 'open' | 'close' }>

/** Answers a call from a store of this thread. @throws what the store throws. @internal */
export async function answerCall(store: Store, call: RowsCall): Promise<ReadAnswer> {
  switch (call.read) {
    case 'stepTime':
      return { rows: [], rest: await store.readStepTime(call.request) }
    case 'stepTimeLive':
      return { rows: [], rest: await store.readStepTimeLive(call.request, null) }
    case 'system': {
      const { samples, gpus } = await store.readSystem(call.request)
      return { rows: [packRows(samples), packRows(gpus)], rest: null }
    }
    case 'process':
      return { rows: [packRows(await store.readProcess(call.request))], rest: null }
    case 'stepMemory': {
      const { rows, ...facts } = await store.readStepMemory(call.request)
      return { rows: [packRows(rows)], rest: facts }
    }
    case 'stepMemoryColumns':
      return { rows: [], rest: await memoryColumns(store, call.request) }
    case 'layers':
      return { rows: [], rest: (await store.readLayers?.(call.request)) ?? NO_LAYERS }
    case 'missingTables':
      return { rows: [], rest: (await store.missingTables?.()) ?? [] }
    case 'custom':
      return { rows: [packRows(await store.readCustom(call.request))], rest: null }
  }
}

/** The memory of an answer: to be handed over instead of copied, after which it is gone here. @internal */
export function transferOf(answer: ReadAnswer): readonly ArrayBuffer[] {
  const { ranks = [] } = (answer.rest ?? {}) as {
    readonly ranks?: readonly (RankStepColumns | RankMemoryColumns)[]
  }
  const columns = ranks.flatMap((rank) => Object.values(rank).flat().filter(ArrayBuffer.isView))
  const buffers = [
    ...answer.rows.flatMap(buffersOf),
    ...columns.map((column) => column.buffer as ArrayBuffer),
  ]
  return [...new Set(buffers)]
}

/** The columns of a store that has them. @throws what the store throws. */
async function memoryColumns(store: Store, request: WindowRequest): Promise<StepMemoryColumns> {
  if (store.readStepMemoryColumns === undefined) {
    throw new Error('The history has no columns of step memory.')
  }
  return await store.readStepMemoryColumns(request)
}

/** Opens a store whose reads are carried elsewhere. @throws when there is nothing to read. @internal */
export async function openCarriedStore(carry: ReadCarrier): Promise<Store> {
  await carry({ read: 'open' })
  const liveRequests = new WeakMap<StepTimeSnapshot, string>()
  let closed = false
  return {
    apiVersion: 1,
    kind: 'store',
    readStepTime: async (request) =>
      (await carry({ read: 'stepTime', request })).rest as StepTimeSnapshot,
    async readStepTimeLive(request, previous) {
      const snapshot = (await carry({ read: 'stepTimeLive', request })).rest as StepTimeSnapshot
      const key = JSON.stringify(request)
      if (previous !== null && liveRequests.get(previous) === key && isSame(snapshot, previous)) {
        return previous
      }
      liveRequests.set(snapshot, key)
      return snapshot
    },
    async readSystem(request) {
      const [samples, gpus] = (await carry({ read: 'system', request })).rows
      return {
        samples: rowsOf<SystemSampleRow>(samples),
        gpus: rowsOf<SystemGpuSampleRow>(gpus),
      }
    },
    readProcess: async (request) =>
      rowsOf<ProcessSampleRow>((await carry({ read: 'process', request })).rows[0]),
    async readStepMemory(request) {
      const { rows, rest } = await carry({ read: 'stepMemory', request })
      const facts = rest as Omit<StepMemoryWindow, 'rows'>
      return { ...facts, rows: rowsOf<StepMemorySampleRow>(rows[0]) }
    },
    readStepMemoryColumns: async (request) =>
      (await carry({ read: 'stepMemoryColumns', request })).rest as StepMemoryColumns,
    readLayers: async (request) => (await carry({ read: 'layers', request })).rest as LayerWindow,
    missingTables: async () => (await carry({ read: 'missingTables' })).rest as readonly string[],
    readCustom: async (request) =>
      rowsOf<CustomSampleRow>((await carry({ read: 'custom', request })).rows[0]),
    async close() {
      if (closed) return
      closed = true
      await carry({ read: 'close' })
    },
  }
}

function rowsOf<Row>(packed: PackedRows | undefined): readonly Row[] {
  return packed === undefined ? [] : unpackRows<Row>(packed)
}

function isSame(left: StepTimeSnapshot, right: StepTimeSnapshot): boolean {
  return (
    left.cursor.lastRowId === right.cursor.lastRowId &&
    left.cursor.latestStep === right.cursor.latestStep &&
    left.trainingStrategy === right.trainingStrategy &&
    String(left.globalRanks) === String(right.globalRanks)
  )
}
