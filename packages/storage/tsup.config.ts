import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

// Kysely is inlined: its hundreds of modules cost 0.14 s at every start of an aggregator.
const config: Options = {
  ...libraryConfig(['src/index.ts', 'src/better-sqlite3.ts', 'src/live.ts']),
  noExternal: ['kysely'],
  // Its comments are half a megabyte that would be scanned at every start.
  esbuildOptions(options) {
    options.minifyWhitespace = true
  },
}
export default config
