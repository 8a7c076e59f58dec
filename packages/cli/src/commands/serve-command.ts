import type { Command } from 'commander'
import { SERVE_NOTES } from '../usage.js'
import { addDashboardOptions } from './dashboard-options.js'
import type { ServeFlags } from './serve-settings.js'

/** Adds `serve`. */
export function addServeCommand(
  program: Command,
  serve: (flags: ServeFlags) => Promise<void>,
): void {
  const command = program
    .command('serve')
    .description('Collect telemetry of trainings that are started elsewhere; ends with a report.')
    .option('--logs-dir <folder>', 'where session folders are made (default: ./logs)')
    .option('--run-name <name>', 'name of the session folder (default: generated)')
    .option('--session-id <name>', 'the same as --run-name')
    .option('--overwrite', 'replace an earlier run of this name instead of numbering')
    .option('--nnodes <count>', 'machines of the run')
    .option('--nproc-per-node <count>', 'processes on each machine')
    .option('--aggregator-host <host>', 'address to listen on (default: 127.0.0.1)')
    .option('--aggregator-bind-host <host>', 'the same as --aggregator-host')
    .option('--aggregator-port <port>', 'telemetry port, 0 for any free one (default: 29765)')
    .option('--token <secret>', 'what clients must present (default: TRACEML_TOKEN)')
    .option('--allow-anonymous', 'accept clients of other hosts without a token')
    .option('--summary-window-rows <count>', 'newest rows per rank in the report (default: 10000)')
    .option('--finalize-timeout-sec <seconds>', 'longest time for the report (default: 300)')
    .option('--html-report', 'write the report as a page, too: final_summary.html')
    .option('--policy <set>', 'thresholds of the verdict: robust (default) or compatible')
    .option('--profile <profile>', 'what the ranks record: run (default), or deep: layers, too')
    .option('--dashboard', 'show the run in the browser while it lasts')
    .option('--panel <module>', 'module with panels of your own, repeatable', collect)
    .option('--interval <seconds>', 'time between two samples of the ranks (default: 2)')
    .option('--exit-when-finished', 'end by itself when all expected ranks have finished')
  addDashboardOptions(command)
  command
    .optionsGroup('Trainings in the browser:')
    .option('--websocket', 'take them, and print the address for init()')
    .option('--websocket-port <port>', 'port for pages, 0 for any free one (default: 29766)')
    .option('--allow-origin <origin>', 'site whose pages may send, repeatable', collect)
  command.addHelpText('after', SERVE_NOTES).action(serve)
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}
