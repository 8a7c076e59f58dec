import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates a folder and those above it that are missing. Unlike the recursive mode of `mkdirSync` it
 * also comes back where a file system does not let a folder be made (`/proc` on Linux).
 *
 * @throws the error of the file system.
 */
export function makeFolder(path: string): void {
  if (tryToMake(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  if (!tryToMake(path)) mkdirSync(path)
}

/** False when a folder above is missing. */
function tryToMake(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    if (code === 'EEXIST') return isFolder(path, error)
    throw error
  }
}

function isFolder(path: string, error: unknown): true {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true
  throw error
}
