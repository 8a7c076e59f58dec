import type { LiveState } from '@traceml/contracts'

/** Runs that every surface has to be able to show. */
export const LIVE_FIXTURES = [
  'single',
  'cpu_only',
  'straggler',
  'many_ranks',
  'stalled',
  'lost_node',
  'waiting',
  'finalizing',
  'ended',
  'watch',
  'hostile',
  'section_error',
  'deep',
] as const

/** Name of one of {@link LIVE_FIXTURES}. */
export type LiveFixtureName = (typeof LIVE_FIXTURES)[number]

/** What a fixture is made from. @internal */
export interface LiveScenario {
  readonly runName: string
  readonly ranks: number
  readonly ranksPerNode: number
  readonly gpus: boolean
  readonly profile: 'run' | 'watch' | 'deep'
  readonly status: 'waiting' | 'running' | 'finalizing' | 'ended'
  readonly meanStepMs: number
  readonly totalSteps: number | null
  readonly batchSize: number | null
  /** The rank that the others wait for. */
  readonly straggler: number | null
  /** Ranks that stopped moving, and how. */
  readonly gone: ReadonlyMap<number, LiveState>
  readonly hostname: (node: number) => string
  readonly logLine: (rank: number, step: number) => string
  /** Layers of the model, in its order; empty but for the deep profile. */
  readonly layers: readonly string[]
  /** The section whose computation failed. */
  readonly brokenSection: 'step_memory' | null
}

const BASE: LiveScenario = {
  runName: 'resnet-baseline',
  ranks: 1,
  ranksPerNode: 8,
  gpus: true,
  profile: 'run',
  status: 'running',
  meanStepMs: 84,
  totalSteps: 2000,
  batchSize: 64,
  straggler: null,
  gone: new Map(),
  hostname: (node) => `gpu-node-${node}`,
  logLine: (rank, step) =>
    `rank ${rank} step ${step} loss ${(2.4 / (1 + step / 90)).toFixed(4)} lr 3.0e-4`,
  layers: [],
  brokenSection: null,
}

const EIGHT = { ...BASE, runName: 'llama-8gpu', ranks: 8, meanStepMs: 240, totalSteps: null }

const BLOCK = [
  'norm1',
  'attention.query',
  'attention.key',
  'attention.value',
  'attention.output',
  'norm2',
  'mlp.up',
  'mlp.down',
]

const TRANSFORMER: readonly string[] = [
  'embedding.token',
  'embedding.position',
  ...Array.from({ length: 12 }, (_, block) =>
    BLOCK.map((part) => `encoder.${block}.${part}`),
  ).flat(),
  'norm',
  'head',
]

const HOSTILE_TEXT = `<script>alert("x")</script> '"><img src=x onerror=alert(1)> ${'日本語'.repeat(20)}`

/** The parameters of a fixture. @internal */
export function scenarioOf(name: LiveFixtureName): LiveScenario {
  switch (name) {
    case 'single':
      return BASE
    case 'cpu_only':
      return { ...BASE, runName: 'tfjs-cpu', gpus: false, meanStepMs: 41, totalSteps: null }
    case 'straggler':
      return { ...EIGHT, straggler: 5 }
    case 'many_ranks':
      return { ...EIGHT, runName: 'pretrain-64', ranks: 64, meanStepMs: 610, straggler: 37 }
    case 'stalled':
      return { ...EIGHT, gone: new Map([[3, 'stalled']]) }
    case 'lost_node':
      return {
        ...EIGHT,
        runName: 'pretrain-4x4',
        ranks: 16,
        ranksPerNode: 4,
        gone: new Map([8, 9, 10, 11].map((rank) => [rank, 'lost_source'])),
      }
    case 'waiting':
      return { ...BASE, status: 'waiting', ranks: 4 }
    case 'finalizing':
      return { ...BASE, status: 'finalizing' }
    case 'ended':
      return { ...EIGHT, status: 'ended', straggler: 5 }
    case 'watch':
      return { ...BASE, runName: 'notebook', profile: 'watch', totalSteps: null, batchSize: null }
    case 'hostile':
      return {
        ...BASE,
        runName: HOSTILE_TEXT,
        profile: 'deep',
        layers: [
          '',
          '.',
          '..',
          'a..b',
          HOSTILE_TEXT,
          `${HOSTILE_TEXT}.dense`,
          '__proto__',
          'x\u001b[31m\ny',
        ],
        ranks: 2,
        ranksPerNode: 1,
        hostname: (node) => `${HOSTILE_TEXT}${node}`,
        logLine: (_rank, step) => `${step} ${HOSTILE_TEXT}`,
      }
    case 'deep':
      return { ...EIGHT, runName: 'gpt-layers', profile: 'deep', straggler: 5, layers: TRANSFORMER }
    case 'section_error':
      return { ...BASE, brokenSection: 'step_memory' }
  }
}
