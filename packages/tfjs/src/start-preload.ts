import process from 'node:process'
import { getInitConfig, runtimeOptionsFromEnv, startRuntime } from '@traceml/runtime'
import { installAutoInstrumentation } from './auto-instrumentation.js'
import { loadLayerHooks } from './load-layer-hooks.js'
import { createNodeHost } from './signals/node-host.js'

/**
 * Starts recording in this process as the environment says. Never throws: whatever fails, the
 * script runs as it would without us, and one line on stderr says why it is not traced.
 */
export async function startPreload(): Promise<void> {
  try {
    const options = runtimeOptionsFromEnv(process.env)
    if (options === null) return
    let uninstall: (() => void) | null = null
    // Before the runtime's own listener: the last steps must be in the ring when it is flushed.
    process.on('exit', () => uninstall?.())
    const runtime = startRuntime(options)
    if (options.profile === 'watch') return
    // Only the deep profile waits for anything: the program starts when this is done.
    const layers = options.profile === 'deep' ? await loadLayerHooks(runtime) : null
    uninstall = installAutoInstrumentation({
      recorder: runtime.recorder,
      guard: runtime.phases,
      choice: getInitConfig,
      worldSize: process.env['WORLD_SIZE'],
      layers,
      host: createNodeHost,
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.stderr.write(`[traceml] This run is not traced: ${reason}\n`)
  }
}
