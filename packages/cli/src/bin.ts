import { surviveLostReaders } from './output/streams.js'
import { USAGE } from './usage.js'

const HELP: ReadonlySet<string> = new Set(['--help', '-h', 'help'])

/**
 * The `traceml` command. Answers `--help` and `--version` without loading anything else; every
 * other command is loaded when it is asked for. Sets the exit code and ends the process.
 *
 * @param args - What follows `traceml` on the command line.
 */
export async function main(args: readonly string[]): Promise<void> {
  surviveLostReaders()
  const [first] = args
  if (args.length === 0 || (args.length === 1 && HELP.has(first ?? ''))) {
    process.stdout.write(USAGE)
    process.exitCode = args.length === 0 ? 2 : 0
    return
  }
  if (args.length === 1 && (first === '--version' || first === '-V')) {
    const { readVersion } = await import('./version.js')
    process.stdout.write(`${readVersion()}\n`)
    return
  }
  process.exit(await run(args))
}

/** Not an option, and not nothing. */
function isPath(text: string): boolean {
  return text !== '' && !text.startsWith('-')
}

async function run(args: readonly string[]): Promise<number> {
  const [command, path = '', ...more] = args
  // A report that is only to be read needs no parser: that is half of the wait for it.
  if (command === 'view' && isPath(path) && more.length === 0) {
    const { quickView } = await import('./commands/view-text.js')
    return quickView(path)
  }
  const runs = args.slice(1)
  if (command === 'compare' && runs.length > 1 && runs.every(isPath)) {
    const { compareWithDefaults } = await import('./commands/compare.js')
    return compareWithDefaults(runs)
  }
  const { runProgram } = await import('./program.js')
  return runProgram(args)
}
