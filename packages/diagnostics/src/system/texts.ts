import { formatFixed } from '@traceml/analysis'
import type { SystemSignals } from './signals.js'

/** What is said about one finding; the place is added by {@link withPlace}. */
export interface SystemText {
  readonly summary: string
  readonly action: string
}

const percent = (value: number): string => `${formatFixed(value, 1)}%`

/** The fullest GPU, by peak. */
export function gpuMemoryText(level: 'high' | 'very high', peakPercent: number): SystemText {
  const summary = `GPU memory was ${level}: it peaked at ${percent(peakPercent)} of the device.`
  return level === 'very high'
    ? {
        summary,
        action:
          'Lower GPU memory use (batch size, activations, optimizer state) before scaling up.',
      }
    : { summary, action: 'Watch the remaining headroom before trying a larger batch or model.' }
}

/** The hottest GPU, by peak. */
export function gpuTemperatureText(peakCelsius: number): SystemText {
  return {
    summary: `GPU temperature peaked at ${formatFixed(peakCelsius, 1)} C.`,
    action: 'Check cooling and airflow, and whether the GPU throttles its clock.',
  }
}

/** The GPU closest to its power limit, by mean. */
export function gpuPowerText(meanPercent: number): SystemText {
  return {
    summary: `GPU power averaged ${percent(meanPercent)} of its limit.`,
    action: 'If the run is unstable, check the power headroom and the configured limit.',
  }
}

/** Memory of the host, by peak. */
export function hostMemoryText(peakPercent: number): SystemText {
  return {
    summary: `Host memory peaked at ${percent(peakPercent)} of RAM.`,
    action: 'Look for pressure on host memory: data workers, caches, pinned buffers.',
  }
}

/** CPU of the host, by mean. */
export function cpuText(meanPercent: number): SystemText {
  return {
    summary: `Host CPU averaged ${percent(meanPercent)}.`,
    action: 'Look for heavy preprocessing on the CPU, or other jobs on this host.',
  }
}

/** Utilisation over all GPUs of a node, by mean. */
export function gpuUtilizationText(level: 'low' | 'moderate', meanPercent: number): SystemText {
  return {
    summary: `GPU utilization was ${level}, ${percent(meanPercent)} on average.`,
    action: 'Read the training diagnostics to learn why the GPU was not filled.',
  }
}

/** Nothing found. */
export function normalText(cluster: SystemSignals): SystemText {
  const hasGpu = cluster.gpuUtilAvgPercent !== null || cluster.gpuTempPeakCelsius !== null
  return {
    summary: `${hasGpu ? 'CPU, RAM and GPU' : 'CPU and RAM'} showed no pressure.`,
    action: 'Read the training diagnostics for what limits the speed.',
  }
}

/** No sample at all. */
export const NO_DATA_TEXT: SystemText = {
  summary: 'No system telemetry was recorded.',
  action: 'Run with the system sampler switched on to collect it.',
}

/** Says in a finding's sentence where it was found: `… (node 0, gpu1).` */
export function withPlace(summary: string, nodeLabel: string, gpuIndex: number | null): string {
  const place = gpuIndex === null ? `node ${nodeLabel}` : `node ${nodeLabel}, gpu${gpuIndex}`
  return `${summary.replace(/[.\s]+$/, '')} (${place}).`
}
