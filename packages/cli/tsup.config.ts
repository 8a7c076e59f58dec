import { rmSync } from 'node:fs'
import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

// Two builds share the folder: it is emptied once, before both.
rmSync(new URL('./dist', import.meta.url), { recursive: true, force: true })

/** Commands that are builds of their own: a dozen files fewer to find and read at their start. */
const OWN_BUILDS = [
  { source: /\/commands\/compare\.js$/, built: './compare-main.js' },
  { source: /\/commands\/view-text\.js$/, built: './view-main.js' },
]

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
    esbuildPlugins: [
      {
        name: 'own-builds',
        setup(build) {
          for (const { source, built } of OWN_BUILDS) {
            build.onResolve({ filter: source }, ({ kind }) =>
              kind === 'dynamic-import' ? { path: built, external: true } : undefined,
            )
          }
        },
      },
    ],
  },
  {
    ...libraryConfig({ 'compare-main': 'src/commands/compare.ts' }),
    clean: false,
    noExternal: [/^@traceml\/(?!storage)/],
  },
  {
    ...libraryConfig({ 'view-main': 'src/commands/view-text.ts' }),
    clean: false,
    noExternal: [/^@traceml\//],
  },
  {
    // The aggregator's process: everything but the database, which its writer thread loads, and the
    // dashboard, which has files beside it.
    ...libraryConfig(['src/aggregator-main.ts']),
    clean: false,
    noExternal: [/^@traceml\/(?!storage|display-web)/],
    esbuildOptions(options) {
      options.minifyWhitespace = true
    },
  },
]
export default config
