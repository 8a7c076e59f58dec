import type { Command } from 'commander'
import { VIEW_NOTES } from '../usage.js'
import type { ViewRequest } from './view.js'

/** Adds `view`. */
export function addViewCommand(
  program: Command,
  view: (request: ViewRequest) => Promise<void>,
): void {
  program
    .command('view')
    .description('Print the summary of a run.')
    .argument('<summary>', 'session folder or final_summary.json')
    .addHelpText('after', VIEW_NOTES)
    .action((path: string) => view({ path }))
}
