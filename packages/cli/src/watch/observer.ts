import { hostname } from 'node:os'
import {
  envelopeMeta,
  noopLogger,
  type RuntimeIdentity,
  SAMPLER_NAMES,
  type SamplerContext,
  type TelemetryEnvelope,
  type WireRow,
} from '@traceml/contracts'
import {
  createProcessTreeReader,
  createSystemSampler,
  type ProcessTreeReading,
} from '@traceml/samplers'
import { createTelemetryClient } from '@traceml/transport'
import type { AggregatorAddress } from '../launcher/training-environment.js'
import type { RunSettings } from '../settings/run-settings.js'
import { memberRows, processRow, treeRow } from './tree-rows.js'

/** Looks at a watched program from outside and sends what it sees. */
export interface Observer {
  /** What was seen last; null before the first look. */
  latest(): ProcessTreeReading | null
  /** Sends what is left and says that this node has finished; bounded, never rejects. */
  stop(): Promise<void>
}

/** A program that runs on its own gets its first row this early, in milliseconds. */
const FIRST_LOOK_MS = 600
const GOODBYE_MS = 2_000

const clock = { monotonicMs: () => performance.now(), wallSeconds: () => Date.now() / 1000 }

/**
 * Starts to sample this host and these processes with everything that they have started.
 */
export function startObserver(options: {
  readonly pids: readonly number[]
  readonly address: AggregatorAddress
  readonly sessionId: string
  readonly settings: RunSettings
  /** Told once, when nothing can be sent. */
  onWarning(message: string): void
}): Observer {
  const { settings } = options
  const identity = identityOf(settings)
  const client = createTelemetryClient({
    ...options.address,
    sessionId: options.sessionId,
    identity,
    onWarning: options.onWarning,
  })
  const context: SamplerContext = {
    ...{ identity, clock, logger: noopLogger, profile: settings.profile, mode: settings.mode },
    ...{ intervalSeconds: settings.intervalSeconds, steps: null, gpu: null, rankDirectory: null },
  }
  const system = createSystemSampler()
  const tree = createProcessTreeReader(options.pids)
  const isReady = Promise.resolve(system.start?.(context)).catch(() => {})
  let latest: ProcessTreeReading | null = null
  let seq = 0
  tree.read(clock.monotonicMs())

  const look = async (): Promise<void> => {
    seq += 1
    const ts = clock.wallSeconds()
    const hostRows: WireRow[] = []
    await system.sample({ emit: (_table, row) => hostRows.push(row) }, context)
    const reading = tree.read(clock.monotonicMs())
    latest = reading ?? latest
    const label = { seq, ts }
    client.export([
      envelope(identity, ts, SAMPLER_NAMES.system, { [SAMPLER_NAMES.system.table]: hostRows }),
      ...(reading === null ? [] : treeEnvelopes(identity, label, options.pids[0] ?? null, reading)),
    ])
  }
  const safely = async (): Promise<void> => {
    await isReady
    await look().catch(() => {})
  }
  const intervalMs = settings.intervalSeconds * 1000
  let timer = setTimeout(
    function tick() {
      timer = setTimeout(tick, intervalMs)
      timer.unref()
      void safely()
    },
    Math.min(FIRST_LOOK_MS, intervalMs),
  )
  timer.unref()
  return {
    latest: () => latest,
    async stop() {
      clearTimeout(timer)
      client.export([
        {
          _traceml_control: 'rank_finished',
          global_rank: identity.globalRank,
          world_size: identity.worldSize,
          node_rank: identity.nodeRank,
          hostname: identity.hostname,
          timestamp: clock.wallSeconds(),
        },
      ])
      await client.shutdown(GOODBYE_MS).catch(() => {})
      // Nobody takes rows any more.
      await Promise.resolve(system.stop?.({ emit: () => {} })).catch(() => {})
    },
  }
}

/** A watched run has one rank a node: the launcher that looks at it. */
function identityOf({ nodeRank, nnodes }: RunSettings): RuntimeIdentity {
  return {
    globalRank: nodeRank,
    localRank: 0,
    worldSize: nnodes,
    localWorldSize: 1,
    nodeRank,
    hostname: hostname(),
    pid: process.pid,
  }
}

function treeEnvelopes(
  identity: RuntimeIdentity,
  label: { readonly seq: number; readonly ts: number },
  rootPid: number | null,
  reading: ProcessTreeReading,
): readonly TelemetryEnvelope[] {
  const { process: sums, processTree } = SAMPLER_NAMES
  return [
    envelope(identity, label.ts, sums, { [sums.table]: [processRow(label, rootPid, reading)] }),
    envelope(identity, label.ts, processTree, {
      [processTree.table]: [treeRow(label, reading)],
      [`${processTree.table}_members`]: memberRows(label, reading),
    }),
  ]
}

function envelope(
  identity: RuntimeIdentity,
  timestamp: number,
  { sampler }: { readonly sampler: string },
  tables: Readonly<Record<string, readonly WireRow[]>>,
): TelemetryEnvelope {
  return { meta: envelopeMeta(identity, sampler, timestamp), body: { tables } }
}
