import { formatFixed } from '@traceml/analysis'
import { formatBinaryBytes } from '../shared/bytes.js'
import type { StepMemoryPolicy } from './policy.js'
import type { CreepEvidence } from './signals.js'

/** What is said about one finding or state. */
export interface StepMemoryText {
  readonly summary: string
  readonly action: string
}

type View = StepMemoryPolicy['view']

const words = (metric: string): string => metric.replaceAll('_', ' ')
const roughPercent = (ratio: number): string => `~${formatFixed(ratio * 100, 0)}%`

/** Close to the capacity. */
export function pressureText(metric: string, pressureRatio: number): StepMemoryText {
  return {
    summary: `The ${words(metric)} memory is close to device capacity (${roughPercent(pressureRatio)}).`,
    action: 'Lower the memory load: batch size, activation checkpointing, optimizer state.',
  }
}

/** Ranks that use different amounts. */
export function imbalanceText(
  metric: string,
  skewRatio: number,
  pressureRatio: number,
): StepMemoryText {
  const skew = `${formatFixed(skewRatio * 100, 1, { sign: true })}%`
  return {
    summary: `The ${words(metric)} memory is skewed across ranks: ${skew} above the median, at ${roughPercent(pressureRatio)} of device capacity.`,
    action: 'Check how work is split over ranks: batch shapes, sharding, padding.',
  }
}

/** A rise that is large. */
export function creepConfirmedText(metric: string, view: View): StepMemoryText {
  const action = 'Look for retained tensors and growing caches'
  return {
    summary: `The ${words(metric)} memory is rising over the whole window.`,
    action:
      view === 'live' ? `${action}; the run may go out of memory if it goes on.` : `${action}.`,
  }
}

/** A rise that is small. */
export function creepEarlyText(metric: string): StepMemoryText {
  return {
    summary: `The ${words(metric)} memory of recent steps sits above the early ones.`,
    action: 'Look again one window later before acting on it.',
  }
}

/** Nothing found. */
export const BALANCED_TEXT: StepMemoryText = {
  summary: 'Neither memory pressure, imbalance nor creep is clear.',
  action: 'Keep observing.',
}

/** No aligned step at all. */
export const NO_DATA_TEXT: StepMemoryText = {
  summary: 'There is no step-memory data yet.',
  action: 'Wait for completed steps.',
}

/** Some steps, fewer than a verdict needs. */
export function fewStepsText(minSteps: number, stepsUsed: number): StepMemoryText {
  return {
    summary: `A memory verdict needs ${minSteps} completed steps; ${stepsUsed} are there.`,
    action: 'Keep observing.',
  }
}

/** A run without a GPU. */
export const NO_GPU_TEXT: StepMemoryText = {
  summary: 'No GPU was found, so no allocator of a device counts the peaks of the steps.',
  action: 'Nothing to do here; the process section has the memory of the training.',
}

/** The numbers of a rise for a report; null when there are none. */
export function creepSummaryNote(creep: CreepEvidence): string | null {
  const bytes = (value: number, sign = false): string => `${formatFixed(value, 0, { sign })} B`
  const { baselineAvgBytes: from, recentAvgBytes: to, overallAbsDeltaBytes: delta } = creep
  const growth = creep.overallWorstGrowthRatio
  const parts = [
    from === null || to === null ? null : `${bytes(from)} → ${bytes(to)}`,
    delta === null ? null : bytes(delta, true),
    growth === null ? null : `(${roughPercent(growth)})`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

/** The speed of a rise for a live view; null when nothing is known. */
export function creepLiveNote(creep: CreepEvidence): string | null {
  if (!creep.eligible) return null
  const lead = creep.confirmed ? 'Creep' : 'Rising'
  const perStep = creep.avgGrowthBytesPerStep
  const steps = creep.trendWindowSteps
  if (perStep !== null && perStep > 0 && steps !== null && steps >= 2) {
    return `${lead}: ~${formatBinaryBytes(perStep)} per step over ${steps} steps.`
  }
  const delta = creep.overallAbsDeltaBytes
  const growth = creep.overallWorstGrowthRatio
  const parts = [
    delta === null ? null : `+${formatBinaryBytes(Math.abs(delta))}`,
    growth === null ? null : `(${roughPercent(growth)})`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : `${lead}: ${parts.join(' ')}.`
}
