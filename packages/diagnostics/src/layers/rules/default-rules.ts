import { heavyLayerRule } from './heavy-layer.js'
import { heavyLayerMemoryRule } from './heavy-layer-memory.js'
import { layerSkewRule } from './layer-skew.js'
import type { LayersRule } from './rule.js'
import { timeOutsideLayersRule } from './time-outside-layers.js'

/** The rules of the layers domain in the order of importance. */
export const defaultLayersRules: readonly LayersRule[] = [
  layerSkewRule,
  heavyLayerRule,
  timeOutsideLayersRule,
  heavyLayerMemoryRule,
]
