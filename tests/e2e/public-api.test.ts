import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))
/** Entry points that do something when they are imported: programs, not libraries. */
const PROGRAMS = new Set([
  '@traceml/aggregator/writer-worker',
  '@traceml/cli/aggregator-main',
  '@traceml/runtime/agent-worker',
  '@traceml/tfjs/preload',
  'traceml/bin',
])

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

const entries = readdirSync(packages).flatMap((folder) => {
  const path = `${packages}/${folder}/package.json`
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  return Object.entries(manifest.exports).flatMap(([key, target]) => {
    const entry = `${manifest.name}${key.slice(1)}`
    if (typeof target === 'string' || PROGRAMS.has(entry)) return []
    return [{ entry, file: `${packages}/${folder}/${target.default}` }]
  })
})

// A changed snapshot is a changed public interface: it needs a changeset.
test('what every entry point exports', async () => {
  const exported: Record<string, readonly string[]> = {}
  for (const { entry, file } of entries) {
    const module = (await import(pathToFileURL(file).href)) as object
    exported[entry] = Object.keys(module).toSorted()
  }
  await expect(`${JSON.stringify(exported, null, 2)}\n`).toMatchFileSnapshot(
    './public-api/exports.json',
  )
})
