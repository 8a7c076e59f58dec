import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const fixtures = fileURLToPath(new URL('../fixtures/browser/', import.meta.url))
const wasm = fileURLToPath(
  new URL('../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url),
)
const HTML = '<!doctype html><title>training</title><script src="/page.js"></script>'

/** A site with the page that trains. */
export interface Site extends AsyncDisposable {
  readonly url: string
}

/** Bundles the page and its worker for a browser, and serves them on a port of this machine. */
export async function serveSite(): Promise<Site> {
  const { outputFiles } = await build({
    entryPoints: ['page', 'worker'].map((name) => `${fixtures}${name}.js`),
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    write: false,
    outdir: '/',
    logLevel: 'error',
  })
  const scripts = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const script = scripts.get(path)
    if (script !== undefined) response.setHeader('content-type', 'text/javascript')
    else if (path.endsWith('.wasm')) response.setHeader('content-type', 'application/wasm')
    else response.setHeader('content-type', 'text/html')
    if (script !== undefined) response.end(script)
    else if (path.endsWith('.wasm')) response.end(readFileSync(`${wasm}${path.slice(1)}`))
    else response.end(HTML)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
