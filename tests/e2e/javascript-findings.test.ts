import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FinalSummary, Issue } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { startTraceml, temporaryFolder } from './fixtures/cli/support.js'

const SCRIPTS = fileURLToPath(new URL('./fixtures/javascript/', import.meta.url))
const RUN_LIMIT_MS = 90_000
const AT_ONCE = 3

/** A training with one fault, beside one that looks alike and is healthy. */
interface Pair {
  readonly script: string
  readonly kind: string
  /** What the faulty one has besides: not asked for, not wrong. */
  readonly also?: readonly string[]
  /** Part of the line of the script that the finding must name. */
  readonly line?: string
}

const PAIRS: readonly Pair[] = [
  { script: 'tensor-leak.mjs', kind: 'TENSOR_LEAK', line: 'optimizer.minimize(' },
  { script: 'tensor-leak-per-call.mjs', kind: 'TENSOR_LEAK_PER_CALL', line: 'tf.ones(' },
  { script: 'leak-in-save.mjs', kind: 'TENSOR_LEAK_PER_CALL', line: 'tf.scalar(' },
  { script: 'gpu-pool.mjs', kind: 'GPU_POOL_GROWTH' },
  { script: 'wasm-heap.mjs', kind: 'WASM_HEAP_GROWTH' },
  { script: 'sync-stall.mjs', kind: 'SYNC_STALL', line: '.dataSync()' },
  { script: 'upload-bound.mjs', kind: 'UPLOAD_BOUND' },
  { script: 'recompiles.mjs', kind: 'RECOMPILES' },
  { script: 'compile-warmup.mjs', kind: 'COMPILE_WARMUP' },
  { script: 'wrong-backend.mjs', kind: 'WRONG_BACKEND' },
  { script: 'yield-overhead.mjs', kind: 'YIELD_OVERHEAD' },
  { script: 'event-loop.mjs', kind: 'EVENT_LOOP_BLOCKED' },
  { script: 'garbage.mjs', kind: 'GARBAGE_COLLECTION' },
  { script: 'counter.mjs', kind: 'COUNTER_UNRELIABLE' },
  { script: 'background-tab.mjs', kind: 'BACKGROUND_TAB' },
  { script: 'context-lost.mjs', kind: 'CONTEXT_LOST' },
]

/** Kinds that say that there is nothing to say. */
const CALM = ['NORMAL', 'WARMUP']
/** On a busy machine the first step of any program may take a second: a fact, and no fault. */
const ANYWHERE = ['COMPILE_WARMUP']

interface Judged {
  readonly script: string
  readonly variant: 'fault' | 'healthy'
  readonly found: readonly Issue[]
  readonly verdict: 'right' | 'wrong' | 'missed'
  readonly note: string
  readonly summary: FinalSummary
}

/** The report of a run; a run that failed is an error that names it. */
async function run(script: string, variant: string): Promise<FinalSummary> {
  using folder = temporaryFolder()
  const logs = join(folder.path, 'logs')
  const args = ['run', '--logs-dir', logs, join(SCRIPTS, script), variant]
  const { child, end } = startTraceml(args, { cwd: folder.path })
  const limit = setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS)
  const { code, stderr } = await end
  clearTimeout(limit)
  const session = existsSync(logs) ? readdirSync(logs)[0] : undefined
  if (code !== 0 || session === undefined) throw new Error(`${script}: exit ${code}: ${stderr}`)
  const path = join(logs, session, 'final_summary.json')
  return JSON.parse(readFileSync(path, 'utf8')) as FinalSummary
}

function issuesOf(summary: FinalSummary): readonly Issue[] {
  const section = summary.extra_sections?.['javascript'] as unknown as
    | { readonly issues: readonly Issue[] }
    | undefined
  return (section?.issues ?? []).filter(({ kind }) => !CALM.includes(kind))
}

function judge(pair: Pair, variant: 'fault' | 'healthy', summary: FinalSummary): Judged {
  const found = issuesOf(summary)
  const wanted = variant === 'fault' ? [pair.kind] : []
  const allowed = [...wanted, ...(variant === 'fault' ? (pair.also ?? []) : [])]
  const isAllowed = (kind: string): boolean =>
    allowed.includes(kind) || (kind !== pair.kind && ANYWHERE.includes(kind))
  const alien = found.filter(({ kind }) => !isAllowed(kind))
  const missing = wanted.filter((kind) => !found.some((issue) => issue.kind === kind))
  const wrongLine = variant === 'fault' ? lineProblem(pair, found) : ''
  const verdict = missing.length > 0 ? 'missed' : alien.length > 0 || wrongLine ? 'wrong' : 'right'
  const note = [...alien.map(({ summary: text }) => text), wrongLine].filter(Boolean).join(' | ')
  return { script: pair.script, variant, found, verdict, note, summary }
}

/** Whether the finding names the line of the script that has the fault; empty when it does. */
function lineProblem({ script, kind, line }: Pair, found: readonly Issue[]): string {
  if (line === undefined) return ''
  const issue = found.find((one) => one.kind === kind)
  const sites = (issue?.evidence['creation_sites'] ?? issue?.evidence['call_sites']) as
    | readonly { readonly at: string }[]
    | undefined
  const at = sites?.[0]?.at ?? 'nowhere'
  const number = Number(/:(\d+):\d+$/.exec(at)?.[1])
  const text = readFileSync(join(SCRIPTS, script), 'utf8').split('\n')[number - 1] ?? ''
  return at.includes(script) && text.includes(line) ? '' : `it names ${at}`
}

function table(all: readonly Judged[]): string {
  const rows = all.map(({ script, variant, verdict, found, note }) =>
    [
      verdict.padEnd(7),
      variant.padEnd(8),
      script.padEnd(26),
      found.map(({ kind, severity }) => `${kind}/${severity}`).join(', ') || 'nothing',
      note,
    ].join(' '),
  )
  const count = (verdict: string): number => all.filter((one) => one.verdict === verdict).length
  const sums = `${count('right')} right, ${count('wrong')} wrong, ${count('missed')} missed`
  return ['JavaScript findings on labelled trainings', ...rows, sums, ''].join('\n')
}

test('a fault is found where there is one, and not where it only looks like one', {
  timeout: 600_000,
}, async () => {
  const jobs = PAIRS.flatMap((pair) => [
    { pair, variant: 'fault' as const },
    { pair, variant: 'healthy' as const },
  ])
  const judged: Judged[] = []
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const { pair, variant } = job
      judged.push(judge(pair, variant, await run(pair.script, variant)))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  // Whatever shares the processor may hold up one step or another: once more, one at a time.
  for (const [index, { script, variant, verdict }] of judged.entries()) {
    const pair = PAIRS.find((one) => one.script === script && verdict !== 'right')
    if (pair !== undefined) judged[index] = judge(pair, variant, await run(script, variant))
  }
  const sorted = judged.toSorted((a, b) =>
    `${a.script}${a.variant}` < `${b.script}${b.variant}` ? -1 : 1,
  )
  process.stdout.write(`${table(sorted)}\n`)
  expect(sorted.filter(({ verdict }) => verdict !== 'right').map(table1)).toEqual([])
})

const table1 = (one: Judged): string => table([one])
