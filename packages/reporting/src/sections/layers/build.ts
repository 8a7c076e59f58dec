import { combineLayers } from '@traceml/analysis'
import type { LayerProfile, LayerWindow, SectionPayload, SectionWindow } from '@traceml/contracts'
import { diagnoseLayers } from '@traceml/diagnostics'
import type { ReportMetric } from '../shared/roll-up.js'
import { BY_NUMBER } from '../shared/roll-up.js'
import { sectionPayload } from '../shared/section-payload.js'
import { newestSample } from '../shared/windows.js'
import { topologyMode } from '../topology.js'
import { formatLayersCard } from './format.js'
import type { LayersData } from './load.js'

/** The metrics of the section, of one rank each, in their published order. */
const METRICS: readonly ReportMetric<LayerProfile>[] = [
  { name: 'forward_ms', worst: 'highest', read: (profile) => profile.forward_ms },
  { name: 'backward_ms', worst: 'highest', read: (profile) => profile.backward_ms },
  { name: 'layers_ms', worst: 'highest', read: layersMs },
  { name: 'param_bytes', worst: 'highest', read: (profile) => profile.param_bytes },
  { name: 'memory_bytes', worst: 'highest', read: (profile) => profile.memory_bytes },
]

/** The payload of a run that has layers. */
export function buildLayers(data: LayersData): SectionPayload {
  const { window, identities, worldSize } = data
  const profile = combineLayers(window, { worldSize })
  const { issues, primary } = diagnoseLayers(profile)
  const rows = identities
    .filter(({ global_rank: rank }) => profile.ranks_used.includes(rank ?? 0))
    .map((identity) => ({
      id: String(identity.global_rank ?? 0),
      identity,
      facts: combineLayers(rowsOfRank(window, identity.global_rank ?? 0), {
        worldSize: null,
        maxEntries: 0,
      }),
    }))
  return sectionPayload<LayerProfile>({
    indexBy: 'global_rank',
    metrics: METRICS,
    rows,
    issues,
    metadata: {
      mode: topologyMode(identities),
      samples: profile.steps_sampled,
      training_latest_step: profile.last_step,
      global_ranks_seen: identities.length,
      global_ranks_used: rows.length,
    },
    window: layersWindow(profile),
    units: { time: 'ms', memory: 'bytes' },
    card: () => formatLayersCard(profile),
    order: BY_NUMBER,
    details: {
      confidence: primary.confidence,
      newest_sample_ts_s: newestSample(window.samples),
      series: null,
      layers: profile,
    },
  })
}

function rowsOfRank({ models, samples }: LayerWindow, rank: number): LayerWindow {
  return {
    models: models.filter((row) => (row.global_rank ?? 0) === rank),
    samples: samples.filter((row) => (row.global_rank ?? 0) === rank),
  }
}

/** Forward and backward without what is outside of the layers. */
function layersMs({ total_ms: total, outside }: LayerProfile): number | null {
  return total === null ? null : total - (outside?.total_ms ?? 0)
}

function layersWindow(profile: LayerProfile): SectionWindow {
  return {
    kind: 'step_window',
    alignment: 'none',
    samples: profile.steps_sampled,
    steps_analyzed: profile.steps_sampled,
    start_step: profile.first_step,
    end_step: profile.last_step,
    completed_step: profile.last_step,
    window_size: null,
    ...(profile.clock === null ? {} : { diagnosis_clock: profile.clock }),
  }
}
