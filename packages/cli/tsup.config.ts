import { rmSync } from 'node:fs'
import type { BuildOptions, Plugin } from 'esbuild'
import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

// Two builds share the folder: it is emptied once, before both.
rmSync(new URL('./dist', import.meta.url), { recursive: true, force: true })

/** Parts that are builds of their own, so that a start finds and reads fewer files. */
const OWN_BUILDS: readonly (readonly [RegExp, string])[] = [
  [/\/commands\/compare\.js$/, './compare-main.js'],
  [/\/step-history\.js$/, './step-history.js'],
  [/\/commands\/view-text\.js$/, './view-main.js'],
]

const ownBuilds: Plugin = {
  name: 'own-builds',
  setup(build) {
    for (const [filter, path] of OWN_BUILDS) {
      build.onResolve({ filter }, ({ kind }) =>
        kind === 'dynamic-import' ? { path, external: true } : undefined,
      )
    }
  },
}

/** Less to read at every start. */
function withoutBlanks(options: BuildOptions): void {
  options.minifyWhitespace = true
}

const config: Options[] = [
  {
    // The parser of the command line is inlined: one file instead of eight at every start.
    ...libraryConfig(['src/index.ts', 'src/bin.ts']),
    clean: false,
    noExternal: ['commander'],
    // It is CommonJS and requires modules of Node.
    banner: {
      js: "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);",
    },
    esbuildOptions: withoutBlanks,
    esbuildPlugins: [ownBuilds],
  },
  ...[
    { 'compare-main': 'src/commands/compare.ts' },
    { 'step-history': 'src/commands/compare/step-history.ts' },
    { 'view-main': 'src/commands/view-text.ts' },
  ].map((entry) => ({
    ...libraryConfig(entry),
    clean: false,
    noExternal: [/^@traceml\/(?!storage)/],
    esbuildOptions: withoutBlanks,
    esbuildPlugins: [ownBuilds],
  })),
  {
    // The aggregator's process: everything but the database, which its writer thread loads, and the
    // dashboard, which has files beside it.
    ...libraryConfig(['src/aggregator-main.ts']),
    clean: false,
    noExternal: [/^@traceml\/(?!storage|display-web)/],
    esbuildOptions: withoutBlanks,
  },
]
export default config
