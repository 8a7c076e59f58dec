import type { Store } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkStore } from './check-store.js'

/** A store that knows nothing, whatever it was given. */
function emptyStore(overrides: Partial<Store> = {}): Store {
  const snapshot = {
    globalRanks: [],
    ranks: [],
    identities: {},
    cursor: { lastRowId: null, latestStep: null },
    trainingStrategy: 'ddp',
  } as const
  return {
    apiVersion: 1,
    kind: 'store',
    readStepTime: async () => snapshot,
    readStepTimeLive: async () => snapshot,
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
    ...overrides,
  }
}

test('a store that forgets its rows is refused, with what it read', async () => {
  await expect(checkStore(() => emptyStore())).rejects.toThrow(
    'The store reads the ranks of step time as [] instead of [0,2].',
  )
})

test('a store of another version is refused', async () => {
  await expect(checkStore(() => emptyStore({ apiVersion: 2 as never }))).rejects.toThrow(
    'must declare apiVersion 1 and kind "store".',
  )
})
