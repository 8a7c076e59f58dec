import type { Command } from 'commander'

/** Adds the options of where a dashboard is served. */
export function addDashboardOptions(command: Command): void {
  command
    .optionsGroup('Dashboard in the browser:')
    .option('--dashboard-port <port>', 'tried first, then the next free one (default: 8765)')
    .option('--dashboard-host <host>', 'address to listen on (default: 127.0.0.1)')
    .option('--no-dashboard-auto-open', 'print the address only, open no browser')
}
