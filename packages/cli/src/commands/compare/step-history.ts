import { analyzeStepTime, type StepTimeWindow, type StepValueKey } from '@traceml/analysis'
import type { RunHistory } from '@traceml/compare'
import { openStore } from '@traceml/storage/better-sqlite3'

/** Steps that are read at most; as many as a report covers by default. */
const WINDOW_STEPS = 10_000

/**
 * The step times of a history database: the newest 10,000 steps that all ranks have, the mean of the
 * ranks. Null when it holds none. Reads only.
 *
 * @throws {StorageError} when the database cannot be read.
 */
export async function readStepHistory(databasePath: string): Promise<RunHistory | null> {
  const store = openStore(databasePath)
  try {
    const snapshot = await store.readStepTime({ windowSize: WINDOW_STEPS })
    const window = analyzeStepTime(snapshot, { windowSize: WINDOW_STEPS })
    const [cpu, gpu] = [meanOfRanks(window, 'stepTimeCpuMs'), meanOfRanks(window, 'stepTimeGpuMs')]
    if (cpu === null && gpu === null) return null
    const compute = gpu === null ? meanOfRanks(window, 'computeMs') : null
    return {
      ...(compute === null ? {} : { computeMs: compute }),
      stepTimeMs: { ...(cpu === null ? {} : { cpu }), ...(gpu === null ? {} : { gpu }) },
      startsRun: (window.steps[0] ?? 0) <= 1,
    }
  } finally {
    await store.close()
  }
}

function meanOfRanks(window: StepTimeWindow, key: StepValueKey): Float64Array | null {
  const columns = window.rankFacts
    .map((facts) => facts.column(key))
    .filter((column) => column !== null)
  if (columns.length === 0) return null
  return Float64Array.from({ length: window.steps.length }, (_, step) => {
    let sum = 0
    for (const column of columns) sum += column[step] as number
    return sum / columns.length
  })
}
