import { InputError } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createStepColumnsBuilder } from './builder.js'
import { type DecodedStepRow, stepTimeSnapshotFromRows } from './rows.js'

function row(sourceId: number, globalRank: number, step: number, forward = 1): DecodedStepRow {
  return { sourceId, globalRank, step, metrics: { forward: { cpuMs: forward, gpuMs: null } } }
}

test('rows in any order become ascending columns, the last row of a step counts', () => {
  const snapshot = stepTimeSnapshotFromRows(
    [row(4, 1, 2, 40), row(1, 0, 5, 10), row(3, 1, 1, 30), row(9, 1, 2, 90), row(8, 1, 2, 80)],
    { knownRanks: [7] },
  )
  expect(snapshot.globalRanks).toEqual([0, 1, 7])
  expect(snapshot.cursor).toEqual({ lastRowId: 9, latestStep: 5 })
  const [, second] = snapshot.ranks
  expect([...(second?.steps ?? [])]).toEqual([1, 2])
  expect([...(second?.cpuMs[2] ?? [])]).toEqual([30, 90])
  expect([...(second?.present ?? [])]).toEqual([4, 4])
})

test('a request keeps the newest steps of the wanted ranks', () => {
  const rows = Array.from({ length: 100 }, (_, i) => row(i, i % 2, i))
  const request = { windowSize: 3, lookbackFactor: 2, rankFilter: [1] }
  const snapshot = stepTimeSnapshotFromRows(rows, { request })
  expect(snapshot.globalRanks).toEqual([1])
  expect([...(snapshot.ranks[0]?.steps ?? [])]).toEqual([89, 91, 93, 95, 97, 99])
  const none = stepTimeSnapshotFromRows(rows, { request: { windowSize: 3, rankFilter: [] } })
  expect(none).toMatchObject({ globalRanks: [], ranks: [], cursor: { lastRowId: null } })
})

test('a row that did not decode replaces an older one and takes its place in the depth', () => {
  const broken = { ...row(9, 0, 3), metrics: null }
  const rows = [row(1, 0, 1), row(2, 0, 2), row(3, 0, 3), broken]
  const snapshot = stepTimeSnapshotFromRows(rows, { request: { windowSize: 2 } })
  expect([...(snapshot.ranks[0]?.steps ?? [])]).toEqual([2])
  expect(snapshot.cursor).toEqual({ lastRowId: 9, latestStep: 3 })
})

test('later rows do not change a snapshot', () => {
  const builder = createStepColumnsBuilder()
  for (let i = 0; i < 40; i++) builder.add(row(i, 0, i))
  const before = builder.snapshot()
  builder.add(row(40, 0, 40))
  expect(before.ranks[0]?.steps.length).toBe(40)
  expect(builder.snapshot().ranks[0]?.steps.length).toBe(41)
})

test('negative durations are zero and what is no number is missing', () => {
  const values = [-1, Number.NaN, Infinity, 2]
  const snapshot = stepTimeSnapshotFromRows(values.map((value, i) => row(i, 0, i, value)))
  expect([...(snapshot.ranks[0]?.cpuMs[2] ?? [])]).toEqual([0, Number.NaN, Number.NaN, 2])
})

test('a rank or step that is no whole number names itself', () => {
  expect(() => stepTimeSnapshotFromRows([row(1, 0.5, 1)])).toThrow(InputError)
  expect(() => stepTimeSnapshotFromRows([row(1, 0, Number.NaN)])).toThrow(
    'step is NaN; give a whole number.',
  )
})
