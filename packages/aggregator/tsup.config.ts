import { rmSync } from 'node:fs'
import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

// Two builds share the folder: it is emptied once, before both.
rmSync(new URL('./dist', import.meta.url), { recursive: true, force: true })

/**
 * The thread that writes is one file with all that it needs but the database driver: looking for
 * and reading eight packages would cost every start.
 */
const config: Options[] = [
  { ...libraryConfig(['src/index.ts']), clean: false },
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
