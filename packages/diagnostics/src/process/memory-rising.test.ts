import { expect, test } from 'vitest'
import { diagnoseProcess } from './diagnose.js'
import type { ProcessSampleInput } from './input.js'
import { PROCESS_POLICY } from './policy.js'

const MIB = 1024 ** 2
const SAMPLES = 60

/** Samples of one rank, one every two seconds, of a host with 32 GiB. */
function samples(rank: number, mibAt: (index: number) => number): readonly ProcessSampleInput[] {
  return Array.from({ length: SAMPLES }, (_, index) => ({
    id: rank * SAMPLES + index + 1,
    global_rank: rank,
    sample_ts_s: 1000 + 2 * index,
    cpu_percent: 50,
    cpu_logical_core_count: 8,
    ram_used_bytes: mibAt(index) * MIB,
    ram_total_bytes: 32 * 1024 * MIB,
  }))
}

const noise = (index: number): number => ((index * 7919) % 13) - 6

test('memory that rises through the run is told, with its pace and when the host is full', () => {
  const { primary, issues } = diagnoseProcess(
    samples(0, (index) => 400 + 10 * index + noise(index)),
  )
  expect(primary).toMatchObject({ kind: 'PROCESS_MEMORY_RISING', severity: 'warn' })
  expect(primary.reason).toMatch(
    /^Process memory \(RSS\) of rank 0 rose from 5\d\d\.\d MiB to 98\d\.\d MiB in 88 s without levelling off; at this pace host RAM is full in 10[5-9] min\.$/,
  )
  const [{ evidence }] = issues as [(typeof issues)[0]]
  expect(Number(evidence['growth_bytes_per_s']) / MIB).toBeCloseTo(5, 1)
})

test.each([
  ['level', (index: number) => 900 + noise(index)],
  ['filling at the start, level then', (index: number) => 400 + 600 * (1 - 0.8 ** index)],
  ['one jump, as validation makes', (index: number) => (index < 40 ? 500 : 900)],
  ['up and down', (index: number) => 500 + 150 * Math.sin(index / 4)],
  ['a little over the run', (index: number) => 2000 + 2 * index],
  ['falling', (index: number) => 2000 - 10 * index],
])('%s is no rise', (_, mibAt) => {
  expect(diagnoseProcess(samples(0, mibAt)).primary.kind).toBe('NORMAL')
})

test('a short run and existing reports say nothing of it', () => {
  const rising = samples(0, (index) => 400 + 10 * index)
  expect(diagnoseProcess(rising.slice(0, 20)).primary.kind).toBe('NORMAL')
  expect(diagnoseProcess(rising, PROCESS_POLICY).primary.kind).toBe('NORMAL')
})

test('the rank that grows most is named, all that grow are listed', () => {
  const { issues } = diagnoseProcess([
    ...samples(0, (index) => 400 + 5 * index),
    ...samples(1, () => 500),
    ...samples(2, (index) => 400 + 20 * index),
  ])
  expect(issues[0]).toMatchObject({ kind: 'PROCESS_MEMORY_RISING', ranks: [0, 2] })
  expect(issues[0]?.evidence['rank']).toBe(2)
})
