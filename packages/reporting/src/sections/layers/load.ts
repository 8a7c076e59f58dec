import type { LayerWindow, RankIdentity, SectionContext } from '@traceml/contracts'
import { unknownIdentity } from '../topology.js'

/** Sampled steps per rank and model that the report is made of: the newest. */
const MAX_WINDOW_STEPS = 100

/** What the layers section is made of. */
export interface LayersData {
  readonly window: LayerWindow
  /** Of every rank with a row, ascending. */
  readonly identities: readonly RankIdentity[]
  /** Processes of the run; null when nobody says. */
  readonly worldSize: number | null
}

const NO_LAYERS: LayerWindow = { models: [], samples: [] }

/** Reads the newest sampled steps; of a run without layers nothing else. */
export async function loadLayers({ store, windowRows }: SectionContext): Promise<LayersData> {
  const windowSteps = Math.min(windowRows, MAX_WINDOW_STEPS)
  const window = (await store.readLayers?.({ windowSteps })) ?? NO_LAYERS
  const found = new Map<number, RankIdentity>()
  for (const row of [...window.models, ...window.samples]) {
    const rank = row.global_rank ?? 0
    if (found.has(rank)) continue
    const { node_rank: nodeRank, hostname } = row
    found.set(rank, { ...unknownIdentity(rank), node_rank: nodeRank, hostname })
  }
  if (found.size === 0) return { window, identities: [], worldSize: null }
  // Processes say more of themselves, and there may be ranks without any layer.
  const processes = await store.readProcess({ windowRows: 1 })
  let worldSize: number | null = null
  for (const row of processes) {
    worldSize = Math.max(worldSize ?? 0, row.world_size ?? 0, (row.global_rank ?? 0) + 1)
    const rank = row.global_rank ?? 0
    if (!found.has(rank)) continue
    found.set(rank, {
      global_rank: rank,
      local_rank: row.local_rank,
      node_rank: row.node_rank,
      hostname: row.hostname,
      local_world_size: row.local_world_size,
      world_size: row.world_size,
    })
  }
  const identities = [...found.values()].toSorted(
    (a, b) => (a.global_rank ?? 0) - (b.global_rank ?? 0),
  )
  return { window, identities, worldSize }
}
