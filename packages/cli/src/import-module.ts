/** Imports a module by its URL; TypeScript is compiled in memory. */
export async function importModule(url: string): Promise<unknown> {
  if (!/\.[cm]?ts$/.test(url)) return import(url)
  const { tsImport } = await import('tsx/esm/api')
  return tsImport(url, import.meta.url)
}

/** The default export; a TypeScript file of a CommonJS package has it one level deeper. */
export function defaultExport(module: unknown): unknown {
  const first = (module as { default?: unknown }).default
  const isWrapped = typeof first === 'object' && first !== null && 'default' in first
  return isWrapped ? (first as { default: unknown }).default : first
}
