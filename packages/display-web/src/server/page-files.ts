import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the page as it is sent. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  /** Named by its content: never changes under this name. */
  readonly isImmutable: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Where the built page lies: beside the built server, and seen from its source. */
const FOLDERS = ['./page/', '../../dist/page/']

/**
 * Reads the built page, by its paths relative to the dashboard's root; '' is the document itself.
 * Only what is there at this moment can ever be asked for. Empty when the page was not built.
 */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  for (const folder of FOLDERS) {
    const files = await readFolder(new URL(folder, import.meta.url))
    if (files.has('')) return files
  }
  return new Map()
}

async function readFolder(folder: URL): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>()
  const entries = await readdir(fileURLToPath(folder), {
    recursive: true,
    withFileTypes: true,
  }).catch(() => [])
  const root = fileURLToPath(folder)
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = `${entry.parentPath}/${entry.name}`
    const name = path.slice(root.length).replaceAll('\\', '/').replace(/^\/+/, '')
    const body = new Uint8Array(await readFile(path))
    const isDocument = name === 'index.html'
    if (extname(name) === '.html' && !isDocument) continue
    files.set(isDocument ? '' : name, { body, type, isImmutable: name.startsWith('assets/') })
  }
  return files
}
