import { rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { RunStatus } from '@traceml/contracts'
import { existingArtifacts } from '../session/artifacts.js'
import { readManifest, updateManifest } from '../session/manifest-file.js'
import { sessionFolder } from '../session/session-folder.js'

/**
 * Does what the launcher would have done for the folder of its run, when it was lost: completes the
 * manifest, unless that says already what became of the run, and removes an error log without an
 * error. Never throws.
 */
export function closeSession(sessionDirectory: string): void {
  for (const action of [closeManifest, removeEmptyErrorLog]) {
    try {
      action(sessionDirectory)
    } catch {
      // The report is there; the rest stays as the launcher left it.
    }
  }
}

/** What the manifest says became of a run whose launcher is gone: interrupted, if it does not. */
export function lastStatus(sessionDirectory: string): RunStatus {
  const folder = sessionFolder(dirname(sessionDirectory), basename(sessionDirectory))
  const { status } = readManifest(folder.manifestPath)
  return status === 'completed' || status === 'failed' ? status : 'interrupted'
}

function closeManifest(sessionDirectory: string): void {
  const folder = sessionFolder(dirname(sessionDirectory), basename(sessionDirectory))
  const { status } = readManifest(folder.manifestPath)
  if (status !== 'starting' && status !== 'running') return
  updateManifest(
    folder.manifestPath,
    { status: 'interrupted', artifacts: existingArtifacts(folder) },
    new Date(),
  )
}

function removeEmptyErrorLog(sessionDirectory: string): void {
  const path = join(sessionDirectory, 'aggregator_error.log')
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) rmSync(path, { force: true })
}
