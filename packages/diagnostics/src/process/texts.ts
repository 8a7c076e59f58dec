import { formatFixed } from '@traceml/analysis'
import { formatBinaryBytes } from '../shared/bytes.js'
import type { ProcessSignals } from './signals.js'

/** What is said about one finding. */
export interface ProcessText {
  readonly summary: string
  readonly action: string
}

const percent = (value: number): string => `${formatFixed(value, 1)}%`
const onRank = (rank: number | null): string => (rank === null ? '' : ` on rank ${rank}`)

/** The fullest process, by peak. */
export function gpuMemoryText(
  level: 'high' | 'very high',
  peakPercent: number,
  rank: number | null,
): ProcessText {
  return {
    summary: `Process GPU memory was ${level}: it peaked at ${percent(peakPercent)} of the device${onRank(rank)}.`,
    action:
      level === 'very high'
        ? 'Lower the GPU memory of the traced process (batch size, activations, cached tensors).'
        : 'Watch the GPU memory of the traced process before raising batch or model size.',
  }
}

/** Memory that the allocator holds and no tensor uses. */
export function overhangText(ratio: number): ProcessText {
  return {
    summary: `The PyTorch CUDA allocator reserved ${formatFixed(ratio, 2)}x what tensors use.`,
    action:
      'Look for allocator caching, fragmentation, changing input shapes and retained tensors.',
  }
}

/** Ranks that use different amounts of memory. */
export function imbalanceText(imbalancePercent: number, pressurePercent: number): ProcessText {
  return {
    summary: `GPU memory differs by ${percent(imbalancePercent)} between ranks, and the fullest rank uses ${percent(pressurePercent)} of its device.`,
    action:
      'Compare workload and memory behavior of the ranks: batch shapes, sharding, retained tensors.',
  }
}

/** The largest resident set. */
export function rssText(peakPercent: number, rank: number | null): ProcessText {
  return {
    summary: `Process memory (RSS) peaked at ${percent(peakPercent)} of host RAM${onRank(rank)}.`,
    action: 'Check the host memory of the process: data workers, caches, growing lists.',
  }
}

/** Resident memory that rises through the whole run. */
export function memoryRiseText(rise: {
  readonly rank: number
  readonly firstBytes: number
  readonly lastBytes: number
  readonly seconds: number
  /** At the measured pace; null when the host's memory is not known. */
  readonly secondsToFull: number | null
}): ProcessText {
  const { rank, firstBytes, lastBytes, seconds, secondsToFull } = rise
  const end =
    secondsToFull === null ? '' : `; at this pace host RAM is full in ${duration(secondsToFull)}`
  return {
    summary: `Process memory (RSS) of rank ${rank} rose from ${formatBinaryBytes(firstBytes)} to ${formatBinaryBytes(lastBytes)} in ${duration(seconds)} without levelling off${end}.`,
    action:
      'Look for what each step keeps: losses with their graph in a list, caches without a limit, workers that hold batches.',
  }
}

function duration(seconds: number): string {
  if (seconds < 120) return `${formatFixed(seconds, 0)} s`
  return seconds < 7200
    ? `${formatFixed(seconds / 60, 0)} min`
    : `${formatFixed(seconds / 3600, 0)} h`
}

/** CPU over all cores. */
export function cpuText(capacityPercent: number): ProcessText {
  return {
    summary: `The process used ${percent(capacityPercent)} of the CPU capacity on average.`,
    action: 'Check data loading, preprocessing and contention on the CPU.',
  }
}

/** Nothing found. */
export function normalText(signals: ProcessSignals): ProcessText {
  const hasGpu =
    signals.gpuMemUsedPeakPercent !== null || signals.gpuMemReservedPeakPercent !== null
  return {
    summary: `${hasGpu ? 'Process CPU, RSS and GPU memory' : 'Process CPU and RSS'} stayed calm.`,
    action: 'Read the training diagnostics for what limits the speed.',
  }
}

/** No row at all. */
export const NO_DATA_TEXT: ProcessText = {
  summary: 'No process telemetry was recorded.',
  action: 'Run with the process sampler switched on to collect it.',
}
