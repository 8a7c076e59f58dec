import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

/**
 * The thread that writes is one file with all that it needs but the database driver: looking for
 * and reading eight packages would cost every start.
 */
const config: Options[] = [
  { ...libraryConfig(['src/index.ts']), clean: ['!writer-worker.js', '!writer-worker.js.map'] },
  {
    ...libraryConfig(['src/writer-worker.ts']),
    clean: false,
    splitting: false,
    noExternal: [/^@traceml\//],
    esbuildOptions(options) {
      options.minifyWhitespace = true
    },
  },
]
export default config
