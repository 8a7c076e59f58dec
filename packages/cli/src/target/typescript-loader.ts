import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/**
 * URL of the loader that runs TypeScript: the copy that the script's own project has, else ours.
 */
export function resolveTypeScriptLoader(scriptPath: string): string {
  try {
    return pathToFileURL(createRequire(scriptPath).resolve('tsx')).href
  } catch {
    return import.meta.resolve('tsx')
  }
}
