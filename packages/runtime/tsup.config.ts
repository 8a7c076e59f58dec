import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

const config: Options = libraryConfig([
  'src/index.ts',
  'src/agent.ts',
  'src/agent-worker.ts',
  'src/browser.ts',
  'src/layers.ts',
])
export default config
