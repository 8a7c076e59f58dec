import { parentPort, workerData } from 'node:worker_threads'
import type { HistorySettings } from './history/history-port.js'
import { runWriter } from './history/run-writer.js'

if (parentPort !== null) runWriter(parentPort, workerData as HistorySettings)
