import { basename, dirname } from 'node:path'
import { existingArtifacts } from '../session/artifacts.js'
import { readManifest, updateManifest } from '../session/manifest-file.js'
import { sessionFolder } from '../session/session-folder.js'

/**
 * Completes the manifest of a run whose launcher was lost: nobody else will. One that says already
 * what became of the run is left as it is. Never throws.
 */
export function closeManifest(sessionDirectory: string): void {
  const folder = sessionFolder(dirname(sessionDirectory), basename(sessionDirectory))
  try {
    const { status } = readManifest(folder.manifestPath)
    if (status !== 'starting' && status !== 'running') return
    updateManifest(
      folder.manifestPath,
      { status: 'interrupted', artifacts: existingArtifacts(folder) },
      new Date(),
    )
  } catch {
    // The report is there; the manifest stays as the launcher left it.
  }
}
