import type { Command } from 'commander'
import type { CompareRequest } from './compare.js'
import type { ViewRequest } from './view.js'

/** Adds `compare`. */
export function addCompareCommand(
  program: Command,
  compare: (request: CompareRequest) => Promise<void>,
): void {
  program
    .command('compare')
    .description('Compare the summaries of two runs: what changed from A to B.')
    .argument('<A>', 'session folder or final_summary.json of the first run')
    .argument('<B>', 'session folder or final_summary.json of the second run')
    .option('--output <base>', 'files to write, without extension (default: compare/<A>_vs_<B>)')
    .action((lhs: string, rhs: string, flags: { readonly output?: string }) =>
      compare({ lhs, rhs, output: flags.output ?? null, cwd: process.cwd() }),
    )
}

/** Adds `view`. */
export function addViewCommand(
  program: Command,
  view: (request: ViewRequest) => Promise<void>,
): void {
  program
    .command('view')
    .description('Print the summary of a run.')
    .argument('<summary>', 'session folder or final_summary.json')
    .action((path: string) => view({ path }))
}
