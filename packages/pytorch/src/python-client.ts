import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the Python client lies on this machine. Paths are absolute. */
export interface PythonClient {
  /**
   * Folder whose only module is a `sitecustomize`: first on `PYTHONPATH`, it makes every Python of
   * a run find the client, and hands over to the `sitecustomize` that was there before.
   */
  readonly sitePath: string
  /**
   * Folder of the packages `traceml`, `traceml_ai` and `traceml_pytorch`. The `sitecustomize` puts
   * it last on `sys.path`, so that installed packages of these names win; on `PYTHONPATH` it would
   * win over them.
   */
  readonly packagePath: string
  /** Version of the client, the one of this package. */
  readonly version: string
}

/** The Python client that ships in this package. */
export function pythonClient(): PythonClient {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return {
    sitePath: folder('../python/site'),
    packagePath: folder('../python/lib'),
    version: versionOf(manifest),
  }
}

function folder(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}

function versionOf(manifest: unknown): string {
  return typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0'
}
