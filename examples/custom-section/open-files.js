import { defineSection } from '@traceml/contracts'
import { sampleWindow, sectionPayload } from '@traceml/reporting'

/** Open files of the training over the run; the rows come from `examples/custom-sampler`. */
export default defineSection({
  apiVersion: 1,
  kind: 'section',
  id: 'acme/open-files',
  title: 'Open Files',
  indexBy: 'node_rank',
  load: ({ store, windowRows }) =>
    store.readCustom({ sampler: 'AcmeHostLoadSampler', limit: windowRows }),
  build(samples) {
    const counts = samples.map(({ row }) => row.files).filter((files) => typeof files === 'number')
    const growth = counts.length < 2 ? 0 : counts.at(-1) - counts[0]
    const finding = growth >= 100 ? leak(growth) : calm(counts.length)
    return sectionPayload({
      indexBy: 'node_rank',
      metrics: [{ name: 'open_files', worst: 'highest', read: meanOf }],
      rows:
        counts.length === 0 ? [] : [{ id: '0', identity: identityOf(samples[0]), facts: counts }],
      issues: [finding],
      metadata: { mode: counts.length === 0 ? 'no_data' : 'single_node', samples: counts.length },
      window: sampleWindow(counts.length),
      units: { open_files: 'count' },
      card: () => `Open Files\n- Diagnosis: ${finding.status}\n- Why: ${finding.summary}`,
    })
  },
})

const meanOf = (counts) => counts.reduce((sum, count) => sum + count, 0) / counts.length

/** Twelve keys, the unused ones null. */
function issue(kind, severity, summary, action, evidence) {
  const none = { metric: null, phase: null, score: null, share_pct: null, skew_pct: null }
  return {
    kind,
    status: kind.replaceAll('_', ' '),
    severity,
    summary,
    action,
    ...none,
    ranks: [],
    evidence,
  }
}

function leak(growth) {
  const summary = `The training holds ${growth} more files open than when it began.`
  return issue('OPEN_FILES_RISING', 'warn', summary, 'Close what the input pipeline opens.', {
    growth,
  })
}

function calm(samples) {
  const kind = samples === 0 ? 'NO_DATA' : 'NORMAL'
  const summary = samples === 0 ? 'No sample counted open files.' : 'Open files stayed level.'
  return issue(kind, 'info', summary, 'Nothing to do.', { samples_used: samples })
}

function identityOf({ global_rank, node_rank, hostname }) {
  return {
    global_rank,
    local_rank: null,
    node_rank,
    hostname,
    local_world_size: null,
    world_size: null,
  }
}
