import type { Command } from 'commander'
import { parseChoice } from '../settings/parse-values.js'
import { resolvePolicyName } from '../settings/policy-name.js'
import { COMPARE_NOTES } from '../usage.js'
import type { CompareRequest } from './compare.js'

/** How a comparison can be printed; the first is the default. */
const COMPARE_FORMATS = ['text', 'json', 'markdown', 'github'] as const

interface CompareFlags {
  readonly output?: string
  readonly policy?: string
  readonly format?: string
  readonly failOn?: string
  readonly threshold?: readonly string[]
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value]
}

/** Adds `compare`. */
export function addCompareCommand(
  program: Command,
  compare: (request: CompareRequest) => Promise<void>,
): void {
  program
    .command('compare')
    .description('Compare runs: what changed from A to B, and is it more than noise?')
    .argument('<A>', 'session folder or final_summary.json of the first run')
    .argument('<B>', 'session folder or final_summary.json of the second run')
    .argument('[more...]', 'further runs: a table of all against the first')
    .option('--fail-on <what>', 'exit with 1 on: regression, inconclusive, or both with a comma')
    .option(
      '--threshold <metric=change>',
      'smallest change that counts, such as step_time=3%; may be repeated',
      collect,
    )
    .option('--format <format>', 'text (default), json, markdown, or github for a workflow')
    .option('--output <base>', 'files to write, without extension (default: compare/<A>_vs_<B>)')
    .option('--policy <set>', 'rules of the verdict: robust (default) or compatible')
    .addHelpText('after', COMPARE_NOTES)
    .action((lhs: string, rhs: string, more: readonly string[], flags: CompareFlags) => {
      const policy = flags.policy === undefined ? null : { source: '--policy', text: flags.policy }
      const format = { source: '--format', text: flags.format ?? 'text' }
      return compare({
        runs: [lhs, rhs, ...more],
        output: flags.output ?? null,
        format: parseChoice(format, COMPARE_FORMATS),
        failOn: flags.failOn ?? null,
        thresholds: flags.threshold ?? [],
        policy: resolvePolicyName(policy),
        cwd: process.cwd(),
      })
    })
}
