import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import type { Target } from '../target/target.js'

const PROBE_TIMEOUT_MS = 5_000
const OLDEST_TORCH = [1, 13] as const

/** Prints the version of the installed torch without importing it; nothing when there is none. */
const PROBE = [
  'import importlib.util, sys',
  'if importlib.util.find_spec("torch") is None: sys.exit()',
  'try:',
  '  from importlib.metadata import version',
  '  print(version("torch"))',
  'except Exception:',
  '  import torch',
  '  print(torch.__version__)',
].join('\n')

/**
 * Why a Python training has recorded no step, where its Python is the reason; else null. Asks the
 * interpreter, which takes a moment. Never rejects.
 */
export async function explainNoSteps(
  target: Extract<Target, { kind: 'python' }>,
  cwd: string,
): Promise<string | null> {
  const { interpreter } = target
  const version = await torchVersion(interpreter, target.path === null ? cwd : dirname(target.path))
  if (version === null) return null
  if (version === '') {
    return `"${interpreter}" has no torch; name another Python with --python, or activate its environment.`
  }
  return isTooOld(version)
    ? `torch ${version} of "${interpreter}" is too old to find steps in; install torch ${OLDEST_TORCH.join('.')} or newer.`
    : null
}

/** Null when the interpreter does not answer. */
function torchVersion(interpreter: string, cwd: string): Promise<string | null> {
  return new Promise((resolve) => {
    const options = {
      cwd,
      timeout: PROBE_TIMEOUT_MS,
      env: { ...process.env, TRACEML_DISABLED: '1' },
    }
    execFile(interpreter, ['-c', PROBE], options, (error, stdout) =>
      resolve(error === null ? stdout.trim() : null),
    )
  })
}

function isTooOld(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  if (major === undefined || minor === undefined) return false
  const [oldestMajor, oldestMinor] = OLDEST_TORCH
  return (
    Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor)
  )
}
