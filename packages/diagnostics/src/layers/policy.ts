/** Thresholds of the layers domain. Every limit itself fires (`≥`). */
export interface LayersPolicy {
  /** Fewer layers: one of them is bound to be the largest. */
  readonly minLayers: number
  /** Part of forward and backward, 0 to 1, from which one layer is worth naming. */
  readonly timeShare: number
  /** The same of parameters, outputs and gradients. */
  readonly memoryShare: number
  /** Memory of the layer below which its share does not matter. */
  readonly memoryBytes: number
  /** Part of forward and backward, 0 to 1, that no layer accounts for. */
  readonly outsideShare: number
  /** How much longer a layer takes on its worst rank than on the median one, a fraction. */
  readonly skewRatio: number
  /** Part of forward and backward below which a layer's skew does not matter. */
  readonly skewTimeShare: number
  /** What the worst rank takes longer, milliseconds; less is the noise of clocks. */
  readonly skewMs: number
  /** Sampled steps of every rank from which ranks are compared. */
  readonly skewMinSteps: number
}

/**
 * The thresholds of reports. A layer is named from 40 % on: of the 12 or more layers of a usual
 * network none takes that much unless it is the thing to look at. Ranks are compared as
 * stragglers are: what costs less than a few percent of a step says nothing.
 */
export const LAYERS_POLICY: LayersPolicy = {
  minLayers: 4,
  timeShare: 0.4,
  memoryShare: 0.5,
  memoryBytes: 64e6,
  outsideShare: 0.5,
  skewRatio: 0.5,
  skewTimeShare: 0.1,
  skewMs: 1,
  skewMinSteps: 8,
}
