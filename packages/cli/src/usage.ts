/** What `traceml --help` prints; kept as text so that no parser has to be loaded for it. */
export const USAGE: string = `traceml - why is my training slow? Traces a run and names the bottleneck.

Usage
  traceml run [options] <script> [args...]    run a training and report on it
  traceml deep [options] <script> [args...]   the same, and what each layer costs
  traceml watch [options] -- <program> [args...]
                                              any program: host and processes only
  traceml compare <A> <B> [options]           compare two runs: did it help?
  traceml export <session> [options]          its timeline for other tools
  traceml view <session> [--html]             print a report, or make a page of it
  traceml ls [folder]                         list the sessions of a folder
  traceml open <session>                      look at a session in the browser
  traceml inspect <session> [options]         the rows of a session, as stored
  traceml serve [options]                     collect from trainings that are
                                              started elsewhere

  traceml <command> --help                    options and examples
  traceml --version

Examples
  traceml run train.py --epochs 3             what follows the script is its own
  traceml run --nproc-per-node 4 train.ts     four ranks on this machine

Exit codes
  run, deep, watch
                the script's own; 128 + n when signal n ended it
  serve         0, or 1 when there is no complete report
  compare       0, or 1 when --fail-on is met
  all           2 for a mistake in the command, told in one sentence
`

const RUN_STEPS = `
Steps of PyTorch and TensorFlow.js are found by themselves. Any other loop in
JavaScript marks them:
  import { traceStep } from 'traceml'
  await traceStep(async () => { /* one step */ })

Python scripts run in the interpreter of --python, else of the active virtual
environment, else in python3 of PATH. Several ranks of theirs are started by
torch.distributed.run; what follows --torchrun goes there as it is:
  traceml run --nproc-per-node 4 --torchrun --max-restarts=3 train.py

Under srun, nodes and ranks are those of the job step; flags win.
`

const RUN_ENVIRONMENT = `
Environment, where no flag says otherwise:
  TRACEML_UI_MODE, TRACEML_INTERVAL, TRACEML_LOGS_DIR, TRACEML_TRACE_MAX_STEPS,
  TRACEML_SUMMARY_WINDOW_ROWS, TRACEML_FINALIZE_TIMEOUT_SEC,
  TRACEML_HISTORY_ENABLED; TRACEML_TOKEN, the secret of a run on several hosts;
  TRACEML_DISABLED=1 runs the script untraced

Exit code: the script's own; 128 + n when signal n ended it, so 130 after Ctrl-C;
2 for a mistake in the command, with nothing started and nothing created.`

/** What stands below the options of `run`, `deep` and `watch`. */
export const RUN_NOTES: Readonly<Record<'run' | 'deep' | 'watch', string>> = {
  run: `
Examples:
  traceml run train.py --epochs 3            options after the script are its own
  traceml run --run-name small-batch train.ts    kept in logs/small-batch
  traceml compare logs/before logs/small-batch
  traceml run --python .venv -m jobs.train   a Python module, in an environment
  traceml run torchrun --standalone --nproc-per-node=2 train.py
${RUN_STEPS}${RUN_ENVIRONMENT}`,
  deep: `
Every n-th step is measured by layer: time and outputs of the forward pass, time and
gradients of the backward pass, parameters. n rises by itself until that costs no
more than --layer-budget of the step time; the report says what it did cost.

Layers of TensorFlow.js and of PyTorch are found by themselves. In JavaScript a layer
that is written by hand is given a name:
  import { layer } from 'traceml'
  const attention = layer('attention', (x) => softmax(x.matMul(q)).matMul(v))

Examples:
  traceml deep train.py --epochs 1           options after the script are its own
  traceml deep --layer-budget 2% --trace-max-steps 2000 train.ts
  traceml inspect logs/before --table layers
${RUN_STEPS}
Beside those below: TRACEML_LAYER_BUDGET
${RUN_ENVIRONMENT}`,
  watch: `
The program and everything that it starts are looked at from outside: processor
time, memory and number of its processes. Nothing of ours is loaded into them. Any
language; the processes are seen on Linux, elsewhere only the host is.

Examples:
  traceml watch -- ./train --epochs 3        options after the program are its own
  traceml watch --interval 0.5 --mode cli -- make -j8
${RUN_ENVIRONMENT}`,
}

/** What stands below the options of `compare`. */
export const COMPARE_NOTES: string = `
Examples:
  traceml compare logs/before logs/after
  traceml compare logs/before logs/after --output reports/change
  traceml compare logs/base logs/a logs/b logs/c      a table against the first
  traceml compare base.json new.json --fail-on regression --threshold step_time=5%

Prints the text and writes it with <base>.json; the other formats print only, and
write with --output. Step times are compared by their spread where both runs kept
their steps, so that noise is no regression; the text says how it was judged.

Exit code: 0; 1 when --fail-on is met; 2 when there is no comparison, because a
file is missing or no summary, or an option is wrong.`

/** What stands below the options of `view`. */
export const VIEW_NOTES: string = `
Examples:
  traceml view logs/before
  traceml view logs/before --html               writes logs/before/final_summary.html
  traceml view logs/before --html ~/report.html
  traceml view logs/before --json | jq .primary_diagnosis

Exit code: 0; 2 for a file that is missing or no summary.`

/** What stands below the options of `ls`. */
export const LS_NOTES: string = `
Examples:
  traceml ls
  traceml ls --json | jq -r '.[] | select(.status == "completed") | .path'

STATUS is what the run's manifest says; "lost" is a run that was going on and whose
launcher is gone.

Exit code: 0; 2 for a folder that cannot be read.`

/** What stands below the options of `inspect`. */
export const INSPECT_NOTES: string = `
Examples:
  traceml inspect logs/before
  traceml inspect logs/before --table step_time --rank 3
  traceml inspect logs/before --table process --json --limit 100 | jq .cpu_percent

Tables: step_time, step_memory, process, system, gpu, output, environment, custom,
models, layers.
The run may still be going on; it is not held up.

Exit code: 0; 2 for a session without a history, or a file that is none.`

/** What stands below the options of `open`. */
export const OPEN_NOTES: string = `
Examples:
  traceml open logs/before
  traceml open exp1 --dashboard-port 0

A run that serves its dashboard already is opened there. Any other session is
served from its history, which is only read, until Ctrl-C. Other machines reach it
by the ssh line that is printed, or by --dashboard-host with the token in the
printed address.

Exit code: 0; 1 when nothing can be served; 2 for a session that is not there.`

/** What stands below the options of `serve`. */
export const SERVE_NOTES: string = `
Example, with a training in Python that uses the traceml-ai client:
  traceml serve --run-name exp1 --exit-when-finished
  TRACEML_SESSION_ID=exp1 python train.py

The training finds the server by TRACEML_AGGREGATOR_HOST (default: 127.0.0.1),
TRACEML_AGGREGATOR_PORT (default: 29765) and TRACEML_SESSION_ID. Without
--exit-when-finished the server runs until Ctrl-C or SIGTERM.

Example, with a training in a page:
  traceml serve --websocket --dashboard
The printed address is for init() of @traceml/runtime/browser. Pages always need
its token (--token or TRACEML_TOKEN keeps it the same) and must come from this
machine, or from an origin named by --allow-origin.

Exit code: 0; 1 when the port cannot be opened or the report is not complete;
2 for a mistake in the command.`
