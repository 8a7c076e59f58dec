import { spawnSync } from 'node:child_process'
import { writeSync } from 'node:fs'
import { runAggregatorService } from './aggregator/aggregator-service.js'
import type { LauncherMessage } from './aggregator/ipc.js'

/** The launcher's terminal, if it has one; see aggregator-process.ts. */
const TERMINAL_FD = 4

// Entry of the aggregator process; started by the launcher with an IPC channel. The work is in
// aggregator-service.ts.
await runAggregatorService({
  send: (message) =>
    new Promise((resolve) => {
      if (process.send === undefined || !process.connected) resolve()
      else process.send(message, undefined, {}, () => resolve())
    }),
  onMessage: (listener) => {
    process.on('message', (message) => listener(message as LauncherMessage))
  },
  onDisconnect: (listener) => {
    process.once('disconnect', listener)
  },
  restoreTerminal: ({ text, modes }) => {
    try {
      if (text !== '') writeSync(TERMINAL_FD, text)
      if (modes !== null) {
        spawnSync('stty', [modes], { stdio: [TERMINAL_FD, 'ignore', 'ignore'], timeout: 2_000 })
      }
    } catch {
      // The terminal is gone as well.
    }
  },
})
process.exit(0)
