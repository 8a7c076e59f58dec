import { readFileSync } from 'node:fs'
import type { ProcessSampleRow, StepMemorySampleRow, SystemSampleRow } from '@traceml/contracts'
import {
  createStepMemoryWindow,
  diagnoseLiveStepMemory,
  diagnoseProcess,
  diagnoseStepMemory,
  type StepMemoryResult,
} from '@traceml/diagnostics'
import { expect, test } from 'vitest'
import { rowsOf, type VectorTable } from './vector-runners/table.js'

interface Case {
  readonly name: string
  readonly input: Readonly<Record<string, VectorTable>>
}

function tables(file: string, id: string): Case['input'] {
  const text = readFileSync(new URL(`./vectors/${file}`, import.meta.url), 'utf8')
  const found = (JSON.parse(text) as readonly Case[]).find(({ name }) => name.startsWith(`${id} `))
  if (found === undefined) throw new Error(`no vector ${id}`)
  return found.input
}

const windowOf = (id: string): ReturnType<typeof createStepMemoryWindow> => {
  const input = tables('step_memory.json', id)
  const rows = <Row>(name: string): readonly Row[] => rowsOf<Row>(input[name] as VectorTable)
  return createStepMemoryWindow({
    stepMemory: rows<StepMemorySampleRow>('step_memory_samples'),
    process: rows<ProcessSampleRow>('process_samples'),
    system: rows<SystemSampleRow>('system_samples'),
  })
}

const kinds = ({ issues }: Pick<StepMemoryResult, 'issues'>): readonly unknown[] =>
  issues.map(({ kind, ranks }) => [kind, ranks])

test('a leak on a rank that is not the largest is found, with its speed', () => {
  const { primary, issues } = diagnoseStepMemory(windowOf('MEM-Q4'))
  expect(primary).toMatchObject({ kind: 'CREEP_CONFIRMED', worstRank: 1, confidence: 1 })
  const perStep = (14 * 1024 ** 3) / 59
  expect(issues[0]?.evidence['growth_bytes_per_step']).toBeCloseTo(perStep, -6)
  expect(issues[0]?.evidence['steps_to_capacity']).toBeGreaterThan(200)
})

test('one of three ranks that rises is named', () => {
  expect(diagnoseStepMemory(windowOf('MEM-26')).primary.status).toMatch(/^MEMORY (RISING|CREEP)$/)
})

test('a few bytes in order are no rise', () => {
  expect(diagnoseStepMemory(windowOf('MEM-Q5')).primary.kind).toBe('BALANCED')
  expect(diagnoseLiveStepMemory(windowOf('MEM-Q5')).primary.kind).toBe('BALANCED')
})

test('pressure is judged on the device of each rank', () => {
  expect(kinds(diagnoseStepMemory(windowOf('MEM-Q2')))[0]).toEqual(['HIGH_PRESSURE', [0]])
  expect(kinds(diagnoseLiveStepMemory(windowOf('MEM-Q2')))[0]).toEqual(['HIGH_PRESSURE', [0]])
  const rows = rowsOf<ProcessSampleRow>(
    tables('process.json', 'PRC-Q2')['process_samples'] as VectorTable,
  )
  const { signals } = diagnoseProcess(rows)
  const largest = Math.max(...signals.ranks.map(({ gpuMemTotalBytes }) => gpuMemTotalBytes ?? 0))
  const own = signals.ranks.map(
    ({ gpuMemReservedPeakBytes, gpuMemTotalBytes }) =>
      (100 * (gpuMemReservedPeakBytes ?? 0)) / (gpuMemTotalBytes ?? largest),
  )
  expect(signals.gpuMemReservedPeakPercent).toBeCloseTo(Math.max(...own), 9)
})

test('a device that is full at once does not wait for fifty steps', () => {
  expect(kinds(diagnoseStepMemory(windowOf('MEM-04')))[0]).toEqual(['HIGH_PRESSURE', [0]])
})
