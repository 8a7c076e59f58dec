import { Command, CommanderError } from 'commander'
import type { CompareRequest } from './commands/compare.js'
import { addCompareCommand } from './commands/compare-command.js'
import type { ExportRequest } from './commands/export.js'
import { addExportCommand } from './commands/export-command.js'
import type { InspectRequest } from './commands/inspect.js'
import type { LsRequest } from './commands/ls.js'
import type { OpenRequest } from './commands/open.js'
import { addOpenCommand } from './commands/open-command.js'
import type { RunRequest } from './commands/run.js'
import { addRunCommand } from './commands/run-command.js'
import { addServeCommand } from './commands/serve-command.js'
import type { ServeFlags } from './commands/serve-settings.js'
import { addInspectCommand, addLsCommand, addViewCommand } from './commands/session-commands.js'
import type { ViewRequest } from './commands/view.js'
import { oneLine } from './output/failure.js'
import { runHandler } from './output/run-handler.js'
import { writeStderr } from './output/streams.js'
import { readVersion } from './version.js'

const COMMANDS: ReadonlySet<string> = new Set([
  'run',
  'deep',
  'watch',
  'serve',
  'compare',
  'view',
  'export',
  'ls',
  'inspect',
  'open',
])
const SCRIPT = /\.([cm]?[jt]sx?|py)$/

/** What the commands do; each returns the exit code of the process. */
export interface CommandHandlers {
  run(request: RunRequest): Promise<number>
  serve(flags: ServeFlags): Promise<number>
  compare(request: CompareRequest): Promise<number>
  view(request: ViewRequest): Promise<number>
  exportRun(request: ExportRequest): Promise<number>
  ls(request: LsRequest): Promise<number>
  inspect(request: InspectRequest): Promise<number>
  open(request: OpenRequest): Promise<number>
}

/** Each command is a chunk of its own that is loaded when it is asked for. */
const lazyHandlers: CommandHandlers = {
  run: async (request) => (await import('./commands/run.js')).run(request),
  serve: async (flags) => (await import('./commands/serve.js')).serve(flags),
  compare: async (request) => (await import('./commands/compare.js')).compare(request),
  view: async (request) => (await import('./commands/view.js')).view(request),
  exportRun: async (request) => (await import('./commands/export.js')).exportRun(request),
  ls: async (request) => (await import('./commands/ls.js')).ls(request),
  inspect: async (request) => (await import('./commands/inspect.js')).inspect(request),
  open: async (request) => (await import('./commands/open.js')).open(request),
}

/**
 * Parses the command line, runs its command and returns the exit code of the process. Mistakes of
 * the user are one sentence on stderr and exit code 2.
 */
export async function runProgram(
  args: readonly string[],
  handlers: CommandHandlers = lazyHandlers,
): Promise<number> {
  let exitCode = 0
  const program = createProgram(handlers, args[0] ?? '', (code) => {
    exitCode = code
  })
  return runHandler(async () => {
    try {
      await program.parseAsync(args, { from: 'user' })
      return exitCode
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      if (error.exitCode === 0) return 0
      await writeStderr(`traceml: ${oneLine(parserSentence(error, args))}\n`)
      return 2
    }
  })
}

/** Adds one command to the parser. */
type AddCommand = (program: Command) => void

/** The parser with the command that is asked for; with all of them when none or no known one is. */
function createProgram(
  handlers: CommandHandlers,
  name: string,
  done: (exitCode: number) => void,
): Command {
  const program = new Command('traceml')
    .description('Traces a training and names its bottleneck.')
    .version(readVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  const commands = new Map<string, AddCommand>([
    ['run', (to) => addRunCommand(to, 'run', async (typed) => done(await handlers.run(typed)))],
    ['deep', (to) => addRunCommand(to, 'deep', async (typed) => done(await handlers.run(typed)))],
    ['watch', (to) => addRunCommand(to, 'watch', async (typed) => done(await handlers.run(typed)))],
    ['serve', (to) => addServeCommand(to, async (typed) => done(await handlers.serve(typed)))],
    [
      'compare',
      (to) => addCompareCommand(to, async (typed) => done(await handlers.compare(typed))),
    ],
    ['view', (to) => addViewCommand(to, async (typed) => done(await handlers.view(typed)))],
    [
      'export',
      (to) => addExportCommand(to, async (typed) => done(await handlers.exportRun(typed))),
    ],
    ['ls', (to) => addLsCommand(to, async (typed) => done(await handlers.ls(typed)))],
    [
      'inspect',
      (to) => addInspectCommand(to, async (typed) => done(await handlers.inspect(typed))),
    ],
    ['open', (to) => addOpenCommand(to, async (typed) => done(await handlers.open(typed)))],
  ])
  const asked = commands.get(name)
  for (const add of asked === undefined ? commands.values() : [asked]) add(program)
  return program
}

/** The parser's message as one sentence with the way out. */
function parserSentence(error: CommanderError, args: readonly string[]): string {
  const text = error.message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
  if (error.code === 'commander.help') return 'Name a command; see traceml --help.'
  const [name = ''] = args
  if (error.code === 'commander.unknownCommand' && SCRIPT.test(name)) {
    return `"${name}" is not a command; to run a training script: traceml run ${args.join(' ')}.`
  }
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  const command = COMMANDS.has(name) ? ` ${name}` : ''
  return `${start.replace(/\.$/, '')}; see traceml${command} --help.`
}
