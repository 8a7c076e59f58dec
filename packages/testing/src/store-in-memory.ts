import type { StepTimeSnapshot, Store } from '@traceml/contracts'

const NO_STEPS: StepTimeSnapshot = {
  globalRanks: [],
  ranks: [],
  identities: {},
  cursor: { lastRowId: null, latestStep: null },
  trainingStrategy: 'ddp',
}

/** A store for tests of sections that knows nothing but what it is given; it needs no file. */
export function createStoreFixture(given: Partial<Store> = {}): Store {
  return {
    apiVersion: 1,
    kind: 'store',
    readStepTime: async () => NO_STEPS,
    readStepTimeLive: async () => NO_STEPS,
    readSystem: async () => ({ samples: [], gpus: [] }),
    readProcess: async () => [],
    readStepMemory: async () => ({
      rows: [],
      latestStep: null,
      ranksSeen: 0,
      gpuTotalBytes: null,
      gpuTotalBytesByRank: {},
      gpuAvailable: null,
    }),
    readCustom: async () => [],
    close: async () => {},
    ...given,
  }
}
