import type {
  RecordedStep,
  RowSink,
  Sampler,
  SamplerContext,
  StepSource,
  TrainingEnvironment,
  WireRow,
} from '@traceml/contracts'
import { noopLogger, PluginError } from '@traceml/contracts'
import { createFakeClock } from './fake-clock.js'

/** One step of {@link createStepSourceFixture}. */
export interface StepFixture {
  readonly step: number
  readonly endTimeSeconds?: number
  /** Default `cpu`. */
  readonly device?: string
  /** Milliseconds by event name. */
  readonly events?: Readonly<Record<string, number>>
  readonly liveBytes?: number | null
  readonly liveTensorCount?: number | null
}

/** A source of given steps for tests; `push` completes more of them. */
export interface StepSourceFixture extends StepSource {
  push(...steps: readonly StepFixture[]): void
}

/** Makes a source of steps that are completed already; every reader sees all of them. */
export function createStepSourceFixture(
  steps: readonly StepFixture[] = [],
  environment: TrainingEnvironment | null = null,
): StepSourceFixture {
  const all = steps.map(toStep)
  const positions = new Map<string, number>()
  return {
    push: (...more) => {
      all.push(...more.map(toStep))
    },
    read(reader, visit) {
      for (let at = positions.get(reader) ?? 0; at < all.length; at += 1) {
        positions.set(reader, at + 1)
        const step = all[at]
        if (step !== undefined) visit(step)
      }
    },
    hasUnread: (reader) => (positions.get(reader) ?? 0) < all.length,
    droppedSteps: () => 0,
    completedSteps: () => all.length,
    environment: () => environment,
  }
}

/** A row that a sampler emitted during {@link checkSampler}. */
export interface EmittedRow {
  readonly table: string
  readonly row: WireRow
}

/** Options of {@link checkSampler}. */
export interface CheckSamplerOptions {
  /** How often `sample` is called; default 3, two seconds apart on the fake clock. */
  readonly ticks?: number
  /** Parts of the context that the sampler needs; the rest is a small default. */
  readonly context?: Partial<SamplerContext>
}

/**
 * Runs a sampler through its life and throws at the first rule it breaks: its description, rows
 * that do not survive JSON, a `hasPending` that is no boolean, work after `stop`, a second
 * instance that shares state with the first one. Works in any test runner.
 *
 * @returns Every row of the first instance, in order.
 * @throws {PluginError} `TRACEML_PLUGIN_INVALID` naming the rule; what the sampler itself throws
 * comes as its `cause`.
 */
export async function checkSampler(
  factory: () => Sampler,
  options: CheckSamplerOptions = {},
): Promise<readonly EmittedRow[]> {
  const sampler = factory()
  checkDescription(sampler)
  const rows = await runLife(sampler, options)
  const second = factory()
  if (second === sampler) {
    throw broken(sampler, 'its factory returned the same object twice; make a new one per call')
  }
  if (second.id !== sampler.id || second.samplerName !== sampler.samplerName) {
    throw broken(sampler, 'its id or samplerName differs from instance to instance')
  }
  await runLife(second, options)
  return rows
}

function checkDescription(sampler: Sampler): void {
  if (sampler.apiVersion !== 1) throw broken(sampler, 'its apiVersion is not 1')
  if (sampler.kind !== 'sampler') throw broken(sampler, "its kind is not 'sampler'")
  if (!/^([a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*$/.test(sampler.id)) {
    throw broken(sampler, 'its id is not kebab-case, such as "acme/slow-disk"')
  }
  if (typeof sampler.samplerName !== 'string' || sampler.samplerName.trim() === '') {
    throw broken(sampler, 'its samplerName is empty')
  }
}

async function runLife(
  sampler: Sampler,
  options: CheckSamplerOptions,
): Promise<readonly EmittedRow[]> {
  const clock = createFakeClock()
  const context = createSamplerContextFixture({ clock, ...options.context })
  const rows: EmittedRow[] = []
  let stopped = false
  const sink: RowSink = {
    emit(table, row) {
      if (stopped) throw broken(sampler, 'it emitted a row after stop')
      if (typeof table !== 'string' || table === '') throw broken(sampler, 'a table has no name')
      checkValue(sampler, row, `a row of ${table}`)
      rows.push({ table, row: structuredRow(row) })
    },
  }
  await attempt(sampler, 'start', () => sampler.start?.(context))
  for (let tick = 0; tick < (options.ticks ?? 3); tick += 1) {
    await attempt(sampler, 'sample', () => sampler.sample(sink, context))
    const pending: unknown = sampler.hasPending?.() ?? false
    if (typeof pending !== 'boolean') throw broken(sampler, 'hasPending returned no boolean')
    clock.advance(context.intervalSeconds * 1000)
  }
  await attempt(sampler, 'stop', () => sampler.stop?.(sink))
  stopped = true
  return rows
}

/** What a sampler is given in tests: rank 0 of a single one with steps; `given` replaces the rest. */
export function createSamplerContextFixture(given: Partial<SamplerContext> = {}): SamplerContext {
  return {
    identity: {
      globalRank: 0,
      localRank: 0,
      worldSize: 1,
      localWorldSize: 1,
      nodeRank: 0,
      hostname: 'test-host',
      pid: 1,
    },
    clock: createFakeClock(),
    logger: noopLogger,
    profile: 'run',
    mode: 'summary',
    intervalSeconds: 2,
    steps: createStepSourceFixture(),
    gpu: null,
    rankDirectory: null,
    ...given,
  }
}

async function attempt(
  sampler: Sampler,
  method: string,
  call: () => void | Promise<void>,
): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (error instanceof PluginError) throw error
    throw broken(sampler, `its ${method} threw`, error)
  }
}

function checkValue(sampler: Sampler, value: unknown, where: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return
    throw broken(sampler, `${where} holds ${value}; a missing number is null`)
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(sampler, item, `${where}[${index}]`)
    return
  }
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  if (prototype !== Object.prototype && prototype !== null) {
    throw broken(sampler, `${where} holds a value that does not survive JSON (${typeof value})`)
  }
  for (const [key, item] of Object.entries(value as object)) {
    checkValue(sampler, item, `${where}.${key}`)
  }
}

/** A copy, for a sampler may reuse the object that it emitted. */
function structuredRow(row: WireRow): WireRow {
  return JSON.parse(JSON.stringify(row)) as WireRow
}

function toStep(fixture: StepFixture): RecordedStep {
  const events = Object.entries(fixture.events ?? {})
  return {
    step: fixture.step,
    endTimeSeconds: fixture.endTimeSeconds ?? fixture.step,
    device: fixture.device ?? 'cpu',
    eventCount: events.length,
    eventName: (index) => events[index]?.[0] ?? '',
    eventMs: (index) => events[index]?.[1] ?? 0,
    eventCalls: () => 1,
    liveBytes: fixture.liveBytes ?? null,
    liveTensorCount: fixture.liveTensorCount ?? null,
  }
}

function broken(sampler: Sampler, rule: string, cause?: unknown): PluginError {
  return new PluginError(
    'TRACEML_PLUGIN_INVALID',
    `The sampler "${sampler.id}" breaks the rules of samplers: ${rule}.`,
    { cause, details: { id: String(sampler.id) } },
  )
}
