import type { Options } from 'tsup'
import { libraryConfig } from '../../tsup.base.ts'

const config: Options = libraryConfig(['src/index.ts', 'src/bin.ts', 'src/browser.ts'])
export default config
