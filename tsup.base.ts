import type { Options } from 'tsup'

/** Builds JavaScript only; declarations come from `tsc` (see tsconfig.build.json of each package). */
export function libraryConfig(entry: Record<string, string> | string[]): Options {
  return {
    entry,
    format: ['esm'],
    dts: false,
    target: 'node20',
    sourcemap: true,
    clean: true,
    // No `import './chunk.js'` for side effects that no module has: bundlers of pages would warn.
    treeshake: { moduleSideEffects: false },
    splitting: true,
  }
}
