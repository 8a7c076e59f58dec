import { mkdir, rename, rm } from 'node:fs/promises'
import type { SummaryFiles } from '../options.js'
import type { SessionFiles } from '../session-files.js'

/**
 * Makes a summary of the run so far in a scratch folder and moves it to its place in `control/`,
 * so that it can never be taken for the final one.
 *
 * @throws whatever the generator throws. @internal
 */
export async function makeSnapshot(
  files: SessionFiles,
  generate: (directory: string) => Promise<SummaryFiles>,
): Promise<{ readonly jsonPath: string; readonly textPath: string }> {
  await mkdir(files.snapshotScratch, { recursive: true })
  try {
    const made = await generate(files.snapshotScratch)
    if (made.textPath !== files.snapshotText) await rename(made.textPath, files.snapshotText)
    if (made.jsonPath !== files.snapshotJson) await rename(made.jsonPath, files.snapshotJson)
    return { jsonPath: files.snapshotJson, textPath: files.snapshotText }
  } finally {
    await rm(files.snapshotScratch, { recursive: true, force: true })
  }
}
