import type { Command } from 'commander'
import { resolvePolicyName } from '../settings/policy-name.js'
import { COMPARE_NOTES, VIEW_NOTES } from '../usage.js'
import type { CompareRequest } from './compare.js'
import type { ViewRequest } from './view.js'

interface CompareFlags {
  readonly output?: string
  readonly policy?: string
}

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
    .option('--policy <set>', 'rules of the verdict: robust (default) or compatible')
    .addHelpText('after', COMPARE_NOTES)
    .action((lhs: string, rhs: string, flags: CompareFlags) => {
      const policy = flags.policy === undefined ? null : { source: '--policy', text: flags.policy }
      return compare({
        lhs,
        rhs,
        output: flags.output ?? null,
        policy: resolvePolicyName(policy),
        cwd: process.cwd(),
      })
    })
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
    .addHelpText('after', VIEW_NOTES)
    .action((path: string) => view({ path }))
}
