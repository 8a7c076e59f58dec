/**
 * Loaded by `node --import @traceml/tfjs/preload script`: starts the runtime that the launcher
 * asked for in the environment and instruments TensorFlow.js when the script loads it. Without a
 * launcher, in worker threads and in children of a traced process it does nothing.
 */
import { isMainThread } from 'node:worker_threads'
import { startPreload } from './start-preload.js'

if (isMainThread) await startPreload()
