import { expect, test } from 'vitest'
import { checkStore } from './check-store.js'
import { createStoreFixture } from './store-in-memory.js'

test('a store that forgets its rows is refused, with what it read', async () => {
  await expect(checkStore(() => createStoreFixture())).rejects.toThrow(
    'The store reads the ranks of step time as [] instead of [0,2].',
  )
})

test('a store of another version is refused', async () => {
  await expect(checkStore(() => createStoreFixture({ apiVersion: 2 as never }))).rejects.toThrow(
    'must declare apiVersion 1 and kind "store".',
  )
})
