import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

// The parser of the command line is inlined: one file instead of eight at every start.
const config: Options = {
  ...libraryConfig(['src/index.ts', 'src/bin.ts', 'src/aggregator-main.ts']),
  noExternal: ['commander'],
  // It is CommonJS and requires modules of Node.
  banner: {
    js: "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);",
  },
}
export default config
