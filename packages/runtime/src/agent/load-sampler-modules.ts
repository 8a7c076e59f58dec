import { pathToFileURL } from 'node:url'
import type { Sampler, SamplerSpec } from '@traceml/contracts'
import { errorMessage, PluginError } from '@traceml/contracts'

/** Loads one module; injected so that a test need not write files. */
export type ImportModule = (url: string) => Promise<unknown>

/**
 * The samplers of the user's modules, in order. A default export may be a `SamplerSpec`, a
 * `Sampler`, or a function that returns one of them. A module that cannot be used is told to
 * `onBad` and left out.
 */
export async function loadSamplerModules(
  modules: readonly string[],
  onBad: (module: string, reason: string) => void,
  importModule: ImportModule = (url) => import(url),
): Promise<readonly SamplerSpec[]> {
  const specs: SamplerSpec[] = []
  for (const module of modules) {
    try {
      const url = module.startsWith('file:') ? module : pathToFileURL(module).href
      const loaded = (await importModule(url)) as { readonly default?: unknown }
      specs.push(toSpec(loaded.default, module))
    } catch (error) {
      onBad(module, errorMessage(error))
    }
  }
  return specs
}

/**
 * What a module exports, as a spec.
 * @throws {PluginError} `TRACEML_PLUGIN_INVALID` when it is none of the three forms.
 */
function toSpec(exported: unknown, module: string): SamplerSpec {
  if (isKind(exported, 'sampler-spec')) return exported as unknown as SamplerSpec
  if (isKind(exported, 'sampler')) return specOf(exported as unknown as Sampler)
  if (typeof exported === 'function') {
    const made: unknown = exported()
    if (typeof made !== 'function') return toSpec(made, module)
  }
  throw new PluginError(
    'TRACEML_PLUGIN_INVALID',
    `The default export of ${module} is no sampler (${typeof exported}); export a SamplerSpec, a Sampler or a function that returns one.`,
    { details: { module } },
  )
}

function specOf(sampler: Sampler): SamplerSpec {
  return { apiVersion: 1, kind: 'sampler-spec', key: sampler.id, create: () => sampler }
}

function isKind(value: unknown, kind: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  const candidate = value as { readonly apiVersion?: unknown; readonly kind?: unknown }
  return candidate.kind === kind && candidate.apiVersion === 1
}
