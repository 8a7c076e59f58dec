import type { Command } from 'commander'
import { OPEN_NOTES } from '../usage.js'
import { addDashboardOptions } from './dashboard-options.js'
import type { OpenRequest } from './open.js'

/** Adds `open`. */
export function addOpenCommand(
  program: Command,
  open: (request: OpenRequest) => Promise<void>,
): void {
  const command = program
    .command('open')
    .description('Show a session in the browser, while it runs or afterwards.')
    .argument('<session>', 'session folder, or its name in ./logs')
    .option('--panel <module>', 'module with panels of your own, repeatable', collect)
  addDashboardOptions(command)
  command
    .addHelpText('after', OPEN_NOTES)
    .action((session: string, flags: OpenRequest['flags']) =>
      open({ session, flags, cwd: process.cwd() }),
    )
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}
