import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { ExportRequest } from './export.js'
import { EXPORT_FORMATS, type ExportFormat } from './export-format.js'

const NOTES = `
Examples:
  traceml export logs/before                        logs/before/timeline.json
  traceml export logs/before --format csv --ranks 0,3
  traceml export logs/before --format jsonl --output - | jq .

perfetto  a trace for https://ui.perfetto.dev and for the trace viewers of
          browsers: steps and phases of every rank on each clock, memory and
          processor of ranks and nodes, GPUs
csv       one line a step, phase or value
jsonl     the same as JSON

Durations are measured. A history holds no starts within a step: phases are laid
out one behind the other. The history of a run that still goes on can be exported.

Exit code: 0; 2 for a session that is missing or has no history.`

interface ExportFlags {
  readonly format: ExportFormat
  readonly output?: string
  readonly ranks?: readonly number[]
}

/** Adds `export`. */
export function addExportCommand(
  program: Command,
  exportRun: (request: ExportRequest) => Promise<void>,
): void {
  program
    .command('export')
    .description('Write what was recorded of a run as a timeline for other tools.')
    .argument('<session>', 'session folder, or the history file in it')
    .addOption(
      new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).default('perfetto'),
    )
    .option('--output <file>', 'file to write, - for stdout (default: timeline.* in the session)')
    .option('--ranks <list>', 'only these ranks, for example 0,3', parseRanks)
    .addHelpText('after', NOTES)
    .action((session: string, flags: ExportFlags) =>
      exportRun({
        session,
        format: flags.format,
        output: flags.output ?? null,
        ranks: flags.ranks ?? null,
      }),
    )
}

function parseRanks(text: string): readonly number[] {
  const ranks = text.split(',').map((part) => part.trim())
  if (ranks.every((rank) => /^\d+$/.test(rank))) return ranks.map(Number)
  throw new InvalidArgumentError(`"${text}" is no list of ranks; write it like 0,3.`)
}
