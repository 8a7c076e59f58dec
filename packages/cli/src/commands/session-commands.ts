import { type Command, Option } from 'commander'
import { parseInteger } from '../settings/parse-values.js'
import { INSPECT_NOTES, LS_NOTES, VIEW_NOTES } from '../usage.js'
import type { InspectRequest } from './inspect.js'
import type { LsRequest } from './ls.js'
import type { ViewRequest } from './view.js'

/** Adds `view`. */
export function addViewCommand(
  program: Command,
  view: (request: ViewRequest) => Promise<void>,
): void {
  program
    .command('view')
    .description('Print the summary of a run, or write it as a page.')
    .argument('<summary>', 'session folder or final_summary.json')
    .addOption(
      new Option('--html [out]', 'write a page (default: beside the summary)').conflicts('json'),
    )
    .option('--json', 'print the document instead of its text')
    .addHelpText('after', VIEW_NOTES)
    .action((path: string, flags: { readonly html?: string | true; readonly json?: boolean }) =>
      view({ path, html: flags.html ?? null, json: flags.json === true }),
    )
}

/** Adds `ls`. */
export function addLsCommand(program: Command, ls: (request: LsRequest) => Promise<void>): void {
  program
    .command('ls')
    .description('List the sessions of a folder, newest first.')
    .argument('[folder]', 'folder of session folders (default: ./logs)')
    .option('--json', 'print a JSON list')
    .addHelpText('after', LS_NOTES)
    .action((folder: string | undefined, flags: { readonly json?: boolean }) =>
      ls({ folder: folder ?? null, json: flags.json === true, cwd: process.cwd() }),
    )
}

interface InspectFlags {
  readonly table?: string
  readonly rank?: string
  readonly limit?: string
  readonly json?: boolean
}

/** Adds `inspect`. */
export function addInspectCommand(
  program: Command,
  inspect: (request: InspectRequest) => Promise<void>,
): void {
  program
    .command('inspect')
    .description('Print the rows of a session as they are stored, also while it runs.')
    .argument('<session>', 'session folder or history file')
    .option('--table <name>', 'rows of this table (default: an overview of the tables)')
    .option('--rank <rank>', 'rows of this rank only')
    .option('--limit <count>', 'the newest rows, or all (default: 20; with --json all)')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', INSPECT_NOTES)
    .action((path: string, flags: InspectFlags) =>
      inspect({
        path,
        table: flags.table ?? null,
        rank:
          flags.rank === undefined
            ? null
            : parseInteger({ source: '--rank', text: flags.rank }, { min: 0 }),
        limit: limitOf(flags.limit),
        json: flags.json === true,
        cwd: process.cwd(),
      }),
    )
}

function limitOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined
  return text === 'all' ? null : parseInteger({ source: '--limit', text }, { min: 1 })
}
