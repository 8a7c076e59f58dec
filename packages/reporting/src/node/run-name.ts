import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseTolerantJson } from '../parse-json.js'

/**
 * Name of the run of a session folder: what its manifest says, else the name of the folder. A
 * manifest that is missing or damaged says nothing.
 */
export async function readRunName(sessionDirectory: string): Promise<string> {
  const manifest = objectOf(await readJson(join(sessionDirectory, 'manifest.json')))
  const named = [objectOf(manifest['run'])['run_name'], manifest['session_id']]
  return named.map(nameOf).find((name) => name !== '') ?? basename(resolve(sessionDirectory))
}

async function readJson(path: string): Promise<unknown> {
  try {
    return parseTolerantJson(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : {}
}

/** Other writers may name a run by a number. */
function nameOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}
