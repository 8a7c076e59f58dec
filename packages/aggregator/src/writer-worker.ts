import { parentPort, workerData } from 'node:worker_threads'
import { runWriter } from './history/run-writer.js'
import type { WriterData } from './history/worker-messages.js'

if (parentPort !== null) runWriter(parentPort, workerData as WriterData)
