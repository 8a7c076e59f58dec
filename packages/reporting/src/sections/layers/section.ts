import type { SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import { buildLayers } from './build.js'
import { type LayersData, loadLayers } from './load.js'

/** The section of the deep profile: what each layer costs. Absent from runs without layers. */
export const layersSection: SummarySection<LayersData> = /* @__PURE__ */ defineSection<LayersData>({
  apiVersion: 1,
  kind: 'section',
  id: 'layers',
  title: 'Layers',
  indexBy: 'global_rank',
  load: loadLayers,
  applies: ({ identities }) => identities.length > 0,
  build: buildLayers,
})
