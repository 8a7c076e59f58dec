// Bundles the page and its worker, and serves them from memory: no network, no build folder.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const wasm = dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))

/** Serves the page on `port` of this machine, 0 for any free one. Resolves with server and address. */
export async function serveSite(port) {
  const { outputFiles } = await build({
    entryPoints: ['src/page.js', 'src/worker.js'].map((path) => join(here, path)),
    bundle: true,
    minify: true,
    write: false,
    outdir: '/',
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  })
  const files = new Map(
    outputFiles.map(({ path, contents }) => [path, ['text/javascript', contents]]),
  )
  files.set('/', ['text/html', readFileSync(join(here, 'index.html'))])
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const isWasm = /^\/tfjs-backend-wasm[\w-]*\.wasm$/.test(pathname)
    const [type, body] = isWasm
      ? ['application/wasm', readFileSync(join(wasm, pathname))]
      : (files.get(pathname) ?? [null, ''])
    response.writeHead(type === null ? 404 : 200, { 'content-type': type ?? 'text/plain' })
    response.end(body)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${server.address().port}/` }
}
