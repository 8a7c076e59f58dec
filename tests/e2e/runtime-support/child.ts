import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const RUNTIME = fileURLToPath(new URL('../../../packages/runtime/dist/index.js', import.meta.url))

const PRELUDE = `
import { init, phase, startRuntime, runtimeOptionsFromEnv, activeRuntime, traceStep, wrapDataLoader }
  from ${JSON.stringify(pathToFileURL(RUNTIME).href)}
const options = runtimeOptionsFromEnv(process.env)
const runtime = options === null ? null : startRuntime(options)
const busy = (ms) => { const end = performance.now() + ms; while (performance.now() < end) Math.sqrt(2) }
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n')
`

/** A training script that runs in a process of its own, on the built packages. */
export interface Training extends Disposable {
  readonly pid: number
  readonly folder: string
  /** JSON lines that the script printed with `say`. */
  readonly said: unknown[]
  stdout(): string
  stderr(): string
  kill(signal: NodeJS.Signals): void
  /** Exit code, or the signal that ended it, and the milliseconds from start to end. */
  readonly ended: Promise<{ code: number | string; wallMs: number }>
}

/** Starts `body` behind a prelude that starts the runtime from the environment. */
export function startTraining(
  port: number,
  body: string,
  env: Record<string, string> = {},
): Training {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-e2e-'))
  const script = join(folder, 'train.mjs')
  writeFileSync(script, PRELUDE + body)
  const started = performance.now()
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      TRACEML_SESSION_ID: 'run',
      TRACEML_AGGREGATOR_PORT: String(port),
      TRACEML_LOGS_DIR: join(folder, 'logs'),
      TRACEML_INTERVAL: '0.5',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const said: unknown[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    said.length = 0
    for (const line of stdout.split('\n').slice(0, -1)) {
      if (line.startsWith('{') || line.startsWith('"')) said.push(JSON.parse(line))
    }
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  let exitMs = 0
  child.once('exit', () => {
    exitMs = performance.now()
  })
  const ended = new Promise<{ code: number | string; wallMs: number }>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ code: code ?? signal ?? 'unknown', wallMs: exitMs - started }),
    )
  })
  return {
    pid: child.pid ?? -1,
    folder,
    said,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => {
      child.kill(signal)
    },
    ended,
    [Symbol.dispose]: () => {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
