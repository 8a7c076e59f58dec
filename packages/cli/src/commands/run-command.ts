import { type Command, Option } from 'commander'
import type { RunFlags } from '../settings/run-flags.js'
import { RUN_NOTES } from '../usage.js'
import { addDashboardOptions } from './dashboard-options.js'
import type { RunRequest } from './run.js'

const SUMMARIES = {
  run: 'Run a training, find its bottleneck, write a report.',
  deep: 'Run a training like run, and measure what every layer of its models costs.',
  watch: 'Run any program and record what the host and its processes use, without step timing.',
} as const

/** Adds `run` or `watch`. Everything after the script is the script's own. */
export function addRunCommand(
  program: Command,
  profile: RunRequest['profile'],
  run: (request: RunRequest) => Promise<void>,
): void {
  const command = program
    .command(profile)
    .description(SUMMARIES[profile])
    .argument('<script>', 'Python, JavaScript or TypeScript file, or a program')
    .argument('[args...]', 'its arguments, passed on untouched')
    .passThroughOptions()
  addRunOptions(command)
  addDashboardOptions(command)
  addRecordingOptions(command)
  if (profile !== 'watch') addDeepOptions(command)
  addDistributedOptions(command)
  addUnderscored(command)
  command
    .addHelpText('after', RUN_NOTES[profile])
    .action((script: string, args: readonly string[], options: RunFlags) =>
      run({ profile, script, args, flags: withDashedNames(options) }),
    )
}

function addRunOptions(command: Command): void {
  command
    .option('--run-name <name>', 'name of the session folder (default: generated)')
    .option('--session-id <name>', 'the same as --run-name')
    .option('--overwrite', 'replace an earlier run of this name instead of numbering')
    .option('--logs-dir <folder>', 'where session folders are made (default: ./logs)')
    .option(
      '--config <file>',
      'configuration file (default: nearest traceml.config.ts, .js or traceml.yaml)',
    )
    .option(
      '--mode <mode>',
      'summary: a report at the end; cli: the run fills the terminal, or a line every few seconds where there is none; dashboard: a page in the browser (default: summary)',
    )
    .option('--total-steps <count>', 'steps the training makes: live views then show the time left')
    .option('--panel <module>', 'module with live panels of your own, repeatable', collect)
    .option('--no-live', 'draw no progress at the bottom of the terminal')
    .option('--python <interpreter>', 'for Python scripts (default: active environment, python3)')
    .option('-m, --module', 'the script is a Python module, as in python -m')
    .option('--disable-traceml', 'run the script as if traceml were not there')
}

function addRecordingOptions(command: Command): void {
  command
    .optionsGroup('Recording and report:')
    .option('--interval <seconds>', 'time between two samples of host and process (default: 2)')
    .option('--trace-max-steps <count>', 'stop recording after this many steps (default: never)')
    .option('--sampler <module>', 'module with samplers of your own, repeatable', collect)
    .option(
      '--gpu-reader <module>',
      'module that reads GPUs of another vendor, repeatable',
      collect,
    )
    .option('--section <module>', 'module with report sections of your own, repeatable', collect)
    .option('--no-history', 'keep no history on disk, so write no report')
    .option('--policy <set>', 'thresholds of the verdict: robust (default) or compatible')
    .option('--html-report', 'write the report as a page, too: final_summary.html')
    .option('--summary-window-rows <count>', 'newest rows per rank in the report (default: 10000)')
    .option('--finalize-timeout-sec <seconds>', 'longest time for the report (default: 300)')
}

function addDeepOptions(command: Command): void {
  command
    .optionsGroup('Layers of the models:')
    .option('--profile <profile>', 'run, or deep: measure layers, too (default: the command)')
    .option(
      '--layer-budget <part>',
      'part of step time that measuring layers may cost, such as 5% or 0.05 (default: 5%)',
    )
}

function addDistributedOptions(command: Command): void {
  command
    .optionsGroup('Several processes or machines:')
    .option(
      '--nproc-per-node <count>',
      'processes to start on this machine; for Python also gpu, cpu, auto (default: 1)',
    )
    .option('--nnodes <count>', 'machines of the run (default: 1)')
    .option('--node-rank <rank>', 'number of this machine, from 0 (default: 0)')
    .option('--master-addr <host>', 'host of machine 0 (default: 127.0.0.1)')
    .option('--master-port <port>', 'where the processes meet (default: 29500; one node: any)')
    .option('--rdzv-backend <name>', 'rendezvous of torchrun, instead of --master-addr')
    .option('--rdzv-endpoint <host:port>', 'where the rendezvous is')
    .option('--rdzv-id <id>', 'name of the rendezvous')
    .option('--rdzv-conf <conf>', 'settings of the rendezvous')
    .option(
      '--torchrun <option>',
      'any other option of torchrun, as --opt=value, repeatable',
      collect,
    )
    .option('--aggregator-host <host>', 'where processes send telemetry (default: --master-addr)')
    .option('--aggregator-bind-host <host>', 'address to listen on (default: 127.0.0.1)')
    .option('--aggregator-port <port>', 'telemetry port (default: 0, chosen by the system)')
    .option('--allow-anonymous', 'accept telemetry of other hosts without a token')
}

/** torchrun writes its options with underscores as well; so may who is used to it. */
const UNDERSCORED: Readonly<Record<string, keyof RunFlags>> = {
  nproc_per_node: 'nprocPerNode',
  node_rank: 'nodeRank',
  master_addr: 'masterAddr',
  master_port: 'masterPort',
  rdzv_backend: 'rdzvBackend',
  rdzv_endpoint: 'rdzvEndpoint',
  rdzv_id: 'rdzvId',
  rdzv_conf: 'rdzvConf',
}

function addUnderscored(command: Command): void {
  for (const name of Object.keys(UNDERSCORED)) {
    command.addOption(new Option(`--${name} <value>`).hideHelp())
  }
}

function withDashedNames(options: RunFlags): RunFlags {
  const known = Object.entries(options).filter(([name]) => !Object.hasOwn(UNDERSCORED, name))
  const renamed = Object.entries(UNDERSCORED).flatMap(([name, flag]) => {
    const value = (options as Readonly<Record<string, unknown>>)[name]
    return value === undefined ? [] : [[flag, value]]
  })
  return { ...Object.fromEntries(renamed), ...Object.fromEntries(known) }
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}
