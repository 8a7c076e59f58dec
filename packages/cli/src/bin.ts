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
  const { runProgram } = await import('./program.js')
  const exitCode = await runProgram(args)
  process.exit(exitCode)
}
