import { type ChildProcess, spawn } from 'node:child_process'
import { exitCodeOf, type ProcessEnd } from './exit-code.js'

/** The training processes of this node. */
export interface TrainingGroup {
  /** Resolves when the last process has ended. */
  readonly ended: Promise<TrainingEnd>
  /** Process ids by local rank; null for one that could not be started. */
  readonly pids: readonly (number | null)[]
  /** True while at least one process runs. */
  isRunning(): boolean
  /** Sends a signal to every process that still runs. */
  signal(signal: NodeJS.Signals): void
}

/** How the training ended. */
export interface TrainingEnd {
  /** 0, or the exit code of the first process that failed. */
  readonly exitCode: number
  /** Signal that ended the process that the exit code stands for. */
  readonly signal: NodeJS.Signals | null
  /** Local rank of the first failure of several; null for a single process. */
  readonly failedLocalRank: number | null
  /** Why a process could not be started, or null. */
  readonly startError: string | null
}

/** Where a process prints, by its position: a descriptor, or where this process does. */
export type StdioOf = (position: number) => {
  readonly stdout: number | 'inherit'
  readonly stderr: number | 'inherit'
}

const INHERIT = { stdout: 'inherit', stderr: 'inherit' } as const

/** Time that the other ranks get to end after one has failed. */
const RANK_TERMINATION_GRACE_MS = 10_000

/**
 * Starts one process per environment, local rank = position, in this process's own group, with
 * its streams inherited or as told. When one rank fails the others are told to end, as distributed launchers
 * do; what has not ended after the grace is killed.
 */
export function startTrainingGroup(options: {
  readonly program: string
  readonly args: readonly string[]
  readonly environments: readonly NodeJS.ProcessEnv[]
  readonly cwd: string
  /** Where a process prints, by its position. Default: where this process does. */
  readonly stdio?: StdioOf
  readonly graceMs?: number
}): TrainingGroup {
  const running = new Set<ChildProcess>()
  let firstFailure: TrainingEnd | null = null
  let killTimer: NodeJS.Timeout | undefined
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const child of running) child.kill(signal)
  }
  const fail = (failure: TrainingEnd): void => {
    if (firstFailure !== null) return
    firstFailure = failure
    if (running.size === 0) return
    signalAll('SIGTERM')
    killTimer = setTimeout(() => signalAll('SIGKILL'), options.graceMs ?? RANK_TERMINATION_GRACE_MS)
  }
  const children = options.environments.map((env, localRank) => {
    const { stdout, stderr } = options.stdio?.(localRank) ?? INHERIT
    return spawn(options.program, [...options.args], {
      cwd: options.cwd,
      env,
      // Several readers of one stdin would each get random parts of it: it belongs to rank 0.
      stdio: [localRank === 0 ? 'inherit' : 'ignore', stdout, stderr],
    })
  })
  for (const child of children) running.add(child)
  const ends = children.map(async (child, failedLocalRank) => {
    const end = await endOf(child)
    running.delete(child)
    const exitCode = exitCodeOf(end)
    if (exitCode !== 0) {
      fail({
        exitCode,
        signal: end.signal,
        // A single process may have ranks of its own, of which it knows more than we do.
        failedLocalRank: children.length > 1 ? failedLocalRank : null,
        startError: end.startError,
      })
    }
  })
  return {
    ended: Promise.all(ends).then(() => {
      clearTimeout(killTimer)
      return firstFailure ?? { exitCode: 0, signal: null, failedLocalRank: null, startError: null }
    }),
    pids: children.map((child) => child.pid ?? null),
    isRunning: () => running.size > 0,
    signal: signalAll,
  }
}

function endOf(child: ChildProcess): Promise<ProcessEnd & { readonly startError: string | null }> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      // Also raised when a signal could not be sent; then the process is still there.
      if (child.pid === undefined) resolve({ code: 1, signal: null, startError: error.message })
    })
    child.once('exit', (code, signal) => resolve({ code, signal, startError: null }))
  })
}
