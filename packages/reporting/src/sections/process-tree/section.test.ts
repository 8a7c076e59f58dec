import type { CustomSampleRow, JsonObject, SectionPayload, Store } from '@traceml/contracts'
import { noopLogger } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { extraCards } from '../../text/extra-cards.js'
import { runSection } from '../run-section.js'
import { processTreeSection } from './section.js'

function row(table: string, rank: number, values: JsonObject): CustomSampleRow {
  return {
    id: 1,
    global_rank: rank,
    node_rank: rank,
    hostname: `host${rank}`,
    sampler: 'ProcessTreeSampler',
    table_name: table,
    sample_ts_s: 1,
    row: values,
  }
}

function tree(rank: number, processes: number, cpu: number | null, ram: number): CustomSampleRow {
  return row('process_tree', rank, { processes, threads: 2 * processes, cpu, ram_used: ram })
}

function member(rank: number, pid: number, name: string, cpu: number | null): CustomSampleRow {
  return row('process_tree_members', rank, { pid, name, cpu, ram_used: 5e6 * pid })
}

async function section(rows: readonly CustomSampleRow[]) {
  const store = {
    readCustom: async ({ table }: { readonly table?: string }) =>
      rows.filter(({ table_name: name }) => name === table),
  } as unknown as Store
  const context = { store, windowRows: 100, logger: noopLogger }
  return (await runSection(processTreeSection, context)) as SectionPayload
}

test('sums over the looks, and the processes by their share', async () => {
  const payload = await section([
    tree(0, 2, null, 1e9),
    tree(0, 4, 300, 3e9),
    member(0, 10, 'sh', null),
    member(0, 10, 'sh', 75),
    member(0, 11, 'python3', 225),
  ])
  expect(payload.global.average).toEqual({
    process_count: 3,
    thread_count: 6,
    cpu_percent: 300,
    ram_bytes: 2e9,
  })
  expect(payload.diagnosis).toMatchObject({
    status: 'RECORDED',
    summary: 'python3 (process 11) used 75% of the processor time of the program.',
  })
  expect(payload.card).toMatchInlineSnapshot(`
    "Processes of the program
    3.0 processes, at most 4; CPU 300.0% of one core
    memory 2.00GB, at most 3.00GB
    Process                          Id        CPU   CPU Time   Memory Peak
    ------------------------------------------------------------------------
    python3                          11     225.0%        75%        55.0MB
    sh                               10      75.0%        25%        50.0MB"
  `)
})

test('several nodes are told apart, and what was not measured is not zero', async () => {
  const payload = await section([
    tree(0, 1, null, 2e6),
    tree(1, 1, null, 2e6),
    member(0, 1, 'a', null),
    member(1, 1, 'a', null),
  ])
  expect(Object.keys(payload.groups.rows)).toEqual(['0', '1'])
  expect(payload.global.average['cpu_percent']).toBeNull()
  expect(payload.diagnosis.summary).toMatch(/^No process of the program used processor time/)
  expect(payload.card).toMatch(/n0: 1\.0 processes[\s\S]*n1: 1\.0 processes[\s\S]*n0 a +1 +n\/a/)
})

test('a program that was gone too soon', async () => {
  const { diagnosis } = await section([])
  expect(diagnosis).toMatchObject({ status: 'NO DATA' })
  expect(diagnosis.summary).toMatch(/ended before it was looked at/)
})

test('the text of registered sections cannot steer a terminal or flood the card', () => {
  const card = `Title\n\u001B[31mred  columns\u001B[0m\n${'long '.repeat(100)}${'\nx'.repeat(500)}`
  const [lines] = extraCards({ 'acme/x': { card }, 'acme/none': { card: 7 } })
  expect(lines?.slice(0, 2)).toEqual(['Title', 'red  columns'])
  expect(lines?.every((line) => line.length <= 74)).toBe(true)
  expect(lines).toHaveLength(40)
  expect(extraCards(undefined)).toEqual([])
})
