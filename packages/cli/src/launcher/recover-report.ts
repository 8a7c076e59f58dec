import { existsSync } from 'node:fs'
import { noopLogger, type RunStatus } from '@traceml/contracts'
import type { FinalizedReport } from '../aggregator/ipc.js'
import { createSummaryMaker } from '../aggregator/make-summary.js'
import type { SessionFolder } from '../session/session-folder.js'
import type { RunSettings } from '../settings/run-settings.js'

/**
 * Makes the report from the history alone, after the aggregator was lost. Null when it had not
 * stored anything.
 *
 * @throws when the history cannot be read or the files not be written.
 */
export async function recoverReport(
  folder: SessionFolder,
  settings: RunSettings,
  status: RunStatus,
): Promise<FinalizedReport | null> {
  if (!existsSync(folder.databasePath)) return null
  const maker = createSummaryMaker({
    runName: folder.sessionId,
    profile: settings.profile,
    sectionModules: settings.sectionModules,
    policy: settings.policy,
    htmlReport: settings.htmlReport,
    logger: noopLogger,
  })
  maker.setStatus(status)
  await maker.generate({
    sessionDirectory: folder.path,
    windowRows: settings.summaryWindowRows,
    final: true,
    openStore: async () => {
      const { openStore } = await import('@traceml/storage/better-sqlite3')
      return openStore(folder.databasePath)
    },
    health: {
      steps_recorded: null,
      steps_lost: null,
      rows_written: null,
      rows_rejected: null,
      messages_dropped: null,
      expected_ranks: settings.nnodes * settings.nprocPerNode,
      finished_ranks: [],
      missing_ranks: [],
      notes: [
        'The aggregator ended before the training did: the report covers what was stored until then.',
      ],
    },
  })
  return maker.last()
}
