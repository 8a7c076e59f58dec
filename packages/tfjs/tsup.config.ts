import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

const config: Options = {
  ...libraryConfig(['src/index.ts', 'src/browser.ts', 'src/preload.ts']),
  // No `import './chunk.js'` for its side effects, of which there are none: bundlers of pages warn.
  treeshake: { moduleSideEffects: false },
}
export default config
