import type {
  ProcessSampleRow,
  Rule,
  StepMemorySampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '@traceml/contracts'
import {
  createProcessSignals,
  createStepMemoryWindow,
  createSystemContext,
  defaultProcessRules,
  defaultStepMemoryRules,
  defaultSystemRules,
  diagnoseStepMemory,
  LIVE_STEP_MEMORY_POLICY,
  ROBUST_PROCESS_POLICY,
  SYSTEM_POLICY,
} from '@traceml/diagnostics'
import { checkRule } from '@traceml/testing'
import { describe, expect, test } from 'vitest'
import { rowsOf, type VectorTable } from './vector-runners/table.js'
import { loadVectors } from './vector-runners/vector-table.js'

type Tables = Readonly<Record<string, VectorTable>>

const inputs = (file: string): readonly Tables[] =>
  (loadVectors(file) as { readonly input: Tables }[]).map((vector) => vector.input)

const systemContexts = inputs('system.json').flatMap(
  (input) =>
    createSystemContext({
      samples: rowsOf<SystemSampleRow>(input['system_samples']!),
      gpus: rowsOf<SystemGpuSampleRow>(input['system_gpu_samples']!),
    }).nodes,
)
const processContexts = inputs('process.json').map((input) =>
  createProcessSignals(rowsOf<ProcessSampleRow>(input['process_samples']!)),
)
/** No vector has memory that rises: existing reports do not look at it. */
const risingContext = createProcessSignals(
  Array.from({ length: 40 }, (_, index) => ({
    id: index + 1,
    global_rank: 0,
    sample_ts_s: 2 * index,
    ram_used_bytes: (400 + 10 * index) * 1024 ** 2,
  })),
)
const memoryContexts = inputs('step_memory.json').flatMap(
  (input) =>
    diagnoseStepMemory(
      createStepMemoryWindow({
        stepMemory: rowsOf<StepMemorySampleRow>(input['step_memory_samples']!),
        process: rowsOf<ProcessSampleRow>(input['process_samples']!),
        system: [],
      }),
    ).signals,
)

function conformance<Context, Policy>(
  domain: string,
  rules: readonly Rule<Context, Policy>[],
  contexts: readonly Context[],
  policy: Policy,
): void {
  describe(domain, () => {
    test.each(rules)('$id keeps the contract and fires somewhere', (rule) => {
      const found = checkRule(rule, { contexts, policy, domain }).flat()
      expect(found.length).toBeGreaterThan(0)
      expect(new Set(found.map((issue) => issue.kind)).size).toBe(1)
    })
    test('no two rules share an id', () => {
      expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
    })
  })
}

conformance('system', defaultSystemRules, systemContexts, SYSTEM_POLICY)
conformance(
  'process',
  defaultProcessRules,
  [...processContexts, risingContext],
  ROBUST_PROCESS_POLICY,
)
conformance('step_memory', defaultStepMemoryRules, memoryContexts, LIVE_STEP_MEMORY_POLICY)
