import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach } from 'vitest'
import { queryHistory } from '../fixtures/cli/support.ts'

const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '..', '..', '..')

/** The released client that an environment holds beside PyTorch. */
export type ClientVersion = 'newest' | '0.3.6'

const FOLDERS: Readonly<Record<ClientVersion, string>> = {
  newest: '.venv-test',
  '0.3.6': '.venv-test-036',
}

/**
 * Interpreter of the environment with PyTorch and this release of the client, as
 * `npm run setup:python` makes it; the path may not exist, see {@link skipWithoutPython}.
 */
export function pythonWith(client: ClientVersion): string {
  return join(root, FOLDERS[client], 'bin', 'python')
}

/** Skips every test of the file, with one line, when the environments are not there. */
export function skipWithoutPython(): void {
  const isThere = Object.values(FOLDERS).every((folder) =>
    existsSync(join(root, folder, 'traceml-stamp')),
  )
  if (isThere) return
  beforeEach((context) => context.skip('no environment with PyTorch; see npm run setup:python'))
}

/** Interpreter with PyTorch for what needs no client of its own: `TRACEML_TEST_PYTHON`, or ours. */
export const torchPython: string = process.env['TRACEML_TEST_PYTHON'] ?? pythonWith('newest')

/** The same with Transformers, Lightning, Accelerate, MLflow and Weights & Biases. */
export const frameworksPython: string =
  process.env['TRACEML_TEST_FRAMEWORKS_PYTHON'] ??
  join(root, '.venv-test-frameworks', 'bin', 'python')

/** Skips every test of the file, with one line, when this Python is not there. */
export function skipWithout(python: string): void {
  if (existsSync(python)) return
  beforeEach((context) => context.skip('no environment with PyTorch; see npm run setup:python'))
}

/** Stored steps of each rank of a session. */
export function stepsByRank(session: string): Readonly<Record<number, number>> {
  const rows = queryHistory<{ readonly rank: number; readonly n: number }>(
    session,
    'SELECT global_rank AS rank, count(*) AS n FROM step_time_samples GROUP BY 1 ORDER BY 1',
  )
  return Object.fromEntries(rows.map(({ rank, n }) => [rank, n]))
}
