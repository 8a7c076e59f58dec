/** Limits of a signal; a limit that is absent is not checked. */
export interface BandLimits {
  /** `low` below this. */
  readonly lowBelow?: number
  /** `high` from this on. */
  readonly highAt?: number
  /** `very_high` from this on. */
  readonly veryHighAt?: number
}

/** Where a value lies within {@link BandLimits}. */
export type Band = 'low' | 'normal' | 'high' | 'very_high'

/** Returns the band of a value, the highest limit first; null for null. A limit belongs to the band above it. */
export function bandOf(value: number | null, limits: BandLimits): Band | null {
  if (value === null) return null
  if (limits.veryHighAt !== undefined && value >= limits.veryHighAt) return 'very_high'
  if (limits.highAt !== undefined && value >= limits.highAt) return 'high'
  if (limits.lowBelow !== undefined && value < limits.lowBelow) return 'low'
  return 'normal'
}

/** Limits of a mean GPU utilisation in percent. */
export interface UtilizationLimits {
  /** `low` below this. */
  readonly lowBelow: number
  /** `moderate` up to and including this, `healthy` above. */
  readonly moderateUpTo: number
}

/** Where a mean GPU utilisation lies. */
export type UtilizationBand = 'low' | 'moderate' | 'healthy'

/** Returns the band of a utilisation in percent (0 to 100); null for null. */
export function utilizationBandOf(
  percent: number | null,
  limits: UtilizationLimits,
): UtilizationBand | null {
  if (percent === null) return null
  if (percent < limits.lowBelow) return 'low'
  return percent <= limits.moderateUpTo ? 'moderate' : 'healthy'
}
