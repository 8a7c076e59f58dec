import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

const config: Options = libraryConfig(['src/index.ts', 'src/browser.ts', 'src/preload.ts'])
export default config
