import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { readManifest } from '../session/manifest-file.js'

/** How many folders are looked at, so that thousands of old runs cost nothing. */
const MAX_FOLDERS = 200
/** How many manifests of them are read. */
const MAX_MANIFESTS = 20

/** A path as it is best typed from `cwd`: relative when that is inside it. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

/**
 * The comparison with the newest other run of the same script that was completed, or with the run
 * to come.
 */
export function nextCommand(sessionPath: string, cwd: string): string {
  const earlier = newestComparableRun(sessionPath)
  const current = shortPath(sessionPath, cwd)
  return earlier === null
    ? `change one thing, run again, then: traceml compare ${current} <the new run>`
    : `traceml compare ${shortPath(earlier, cwd)} ${current}`
}

function newestComparableRun(sessionPath: string): string | null {
  const logsDir = dirname(sessionPath)
  try {
    const script = scriptOf(readManifest(join(sessionPath, 'manifest.json')))
    const newest = readdirSync(logsDir)
      .filter((name) => name !== basename(sessionPath))
      .slice(-MAX_FOLDERS)
      .flatMap((name) => {
        const path = join(logsDir, name)
        const stats = statSync(join(path, 'final_summary.json'), { throwIfNoEntry: false })
        return stats === undefined ? [] : [{ path, time: stats.mtimeMs }]
      })
      .toSorted((a, b) => b.time - a.time || (a.path < b.path ? -1 : 1))
      .slice(0, MAX_MANIFESTS)
    const found = newest.find(({ path }) => {
      const manifest = readManifest(join(path, 'manifest.json'))
      return manifest['status'] === 'completed' && scriptOf(manifest) === script
    })
    return found?.path ?? null
  } catch {
    return null
  }
}

function scriptOf(manifest: Readonly<Record<string, unknown>>): unknown {
  return (manifest['launch'] as { readonly script_path?: unknown } | undefined)?.script_path
}
