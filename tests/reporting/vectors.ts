import { readFileSync } from 'node:fs'

const VECTORS = new URL('./vectors/', import.meta.url)

/** Reads a vector file of this area. */
export function readVector<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, VECTORS), 'utf8')) as T
}

/** Absolute path of a vector file. */
export function vectorPath(path: string): string {
  return new URL(path, VECTORS).pathname
}
