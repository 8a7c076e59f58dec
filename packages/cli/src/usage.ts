/** What `traceml --help` prints; kept as text so that no parser has to be loaded for it. */
export const USAGE: string = `traceml - why is my training slow? Traces a run and names the bottleneck.

Usage
  traceml run [options] <script> [args...]     run a training and report on it
  traceml watch [options] <script> [args...]   the same without step timing: host and process only
  traceml compare <A> <B> [--output <base>]    compare the summaries of two runs
  traceml view <summary|session>               print the summary of a run
  traceml serve [options]                      collect telemetry of trainings started elsewhere

  traceml <command> --help                     options of a command
  traceml --version

Example
  traceml run train.js --epochs 3              everything after the script is the script's own

Exit codes of run: the training's own; 128 + n when signal n ended it; 2 for a mistake in the command.
`
