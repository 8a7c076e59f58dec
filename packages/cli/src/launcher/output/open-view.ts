import type { RunSettings } from '../../settings/run-settings.js'
import type { RunConsole } from '../run-console.js'
import type { Session } from '../session.js'
import type { StdioOf } from '../training-group.js'
import type { TrainingPlan } from '../training-plan.js'
import { terminalFacts, withTerminalHints } from './terminal-hints.js'

/**
 * Opens the full-screen view of a run where it is wanted and possible, and returns the plan of its
 * training as it is to be started then: its output goes to the view instead of the terminal.
 */
export async function openView(run: {
  readonly plan: TrainingPlan
  readonly options: { readonly settings: RunSettings; readonly cwd: string }
  readonly session: Session | null
  readonly output: RunConsole
}): Promise<TrainingPlan & { readonly stdio?: StdioOf }> {
  const { plan, options, session, output } = run
  if (session === null) return plan
  const { nodeRank, nprocPerNode, panelModules } = options.settings
  const { environments } = plan
  const captured = await output.open({
    sessionPath: session.folder.path,
    cwd: options.cwd,
    // One process for several ranks starts them itself.
    ranks: environments.map((_, position) =>
      environments.length === nprocPerNode ? nodeRank * nprocPerNode + position : null,
    ),
    panelModules,
  })
  if (captured === null) return plan
  const terminal = terminalFacts()
  return {
    ...plan,
    environments: environments.map((one) => withTerminalHints(one, terminal)),
    stdio: captured.stdio,
  }
}
