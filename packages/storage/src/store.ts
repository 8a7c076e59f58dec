import {
  type StepTimeRequest,
  type StepTimeSnapshot,
  type Store,
  TraceMLError,
  type WindowRequest,
} from '@traceml/contracts'
import type { SqliteHandle } from './handle.js'
import { readCustom } from './read/custom.js'
import { readGpuCapacity } from './read/gpu-capacity.js'
import { readLayers } from './read/layers.js'
import { readProcess } from './read/process.js'
import { readStepMemory } from './read/step-memory.js'
import { readStepMemoryColumns } from './read/step-memory-columns.js'
import { readStepTime } from './read/step-time.js'
import { readStepTimeLive } from './read/step-time-live.js'
import { readSystem } from './read/system.js'
import { missingTables } from './read/tables.js'
import { unreadable } from './unreadable.js'
import type { MemorySteps } from './window/memory-windows.js'
import { prepareTransaction } from './writer/transaction.js'

/** How a store treats its connection. */
export interface StoreOptions {
  /** Closes the connection with the store. Default true. */
  readonly ownsHandle?: boolean
  /** What to call the history in errors, for example its path. Default "The history". */
  readonly name?: string
  /** What a writer of the same process knows without the file. */
  readonly memory?: HistoryMemory
}

/** The newest steps as a writer keeps them; each method gives null when the file must be read. */
export interface HistoryMemory {
  stepTime(request: StepTimeRequest): StepTimeSnapshot | null
  stepMemory(request: WindowRequest): MemorySteps | null
}

/**
 * The store over an open connection.
 *
 * Every read is one transaction; when the caller has one open already, that one is used and left
 * open.
 */
export function createStore(handle: SqliteHandle, options: StoreOptions = {}): Store {
  const transaction = prepareTransaction(handle, 'deferred')
  let closed = false

  async function read<Result>(body: () => Result): Promise<Result> {
    const own = !handle.inTransaction
    try {
      if (own) transaction.begin()
      return body()
    } catch (error) {
      if (TraceMLError.isInstance(error)) throw error
      throw unreadable(options.name ?? 'The history', error)
    } finally {
      if (own) transaction.rollback()
    }
  }

  return {
    apiVersion: 1,
    kind: 'store',
    readStepTime: async (request) =>
      options.memory?.stepTime(request) ?? read(() => readStepTime(handle, request)),
    readStepTimeLive: (request, previous) =>
      read(() => readStepTimeLive(handle, request, previous)),
    readSystem: (request) => read(() => readSystem(handle, request)),
    readProcess: (request) => read(() => readProcess(handle, request)),
    readStepMemory: (request) => read(() => readStepMemory(handle, request)),
    readStepMemoryColumns: (request) =>
      read(() => {
        const steps = options.memory?.stepMemory(request) ?? null
        return steps === null
          ? readStepMemoryColumns(handle, request)
          : { ...steps, ...readGpuCapacity(handle) }
      }),
    readLayers: (request) => read(() => readLayers(handle, request)),
    missingTables: () => read(() => missingTables(handle)),
    readCustom: (query) => read(() => readCustom(handle, query)),
    close: async () => {
      if (closed) return
      closed = true
      if (options.ownsHandle ?? true) handle.close()
    },
  }
}
