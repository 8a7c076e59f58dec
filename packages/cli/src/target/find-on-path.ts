import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The first executable file with one of these names in the folders of `PATH`; null when there is
 * none. A folder that has any of them wins over the folders behind it, as it does in a shell.
 *
 * @param names - In the order of preference within one folder.
 * @param searchPath - The value of `PATH`.
 */
export function findOnPath(
  names: readonly string[],
  searchPath: string | undefined,
): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  for (const folder of (searchPath ?? '').split(delimiter)) {
    if (folder === '') continue
    for (const name of names) {
      const found = endings.map((end) => join(folder, name + end)).find(isExecutable)
      if (found !== undefined) return found
    }
  }
  return null
}

/** True for a file that may be executed. */
export function isExecutable(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
