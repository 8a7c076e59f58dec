import { readdirSync } from 'node:fs'
import { loadavg } from 'node:os'
import { defineSampler, defineSamplerSpec } from '@traceml/contracts'

/** One row per tick: how busy the host is, and how many files the training holds open. */
export function createHostLoadSampler() {
  let seq = 0
  return defineSampler({
    apiVersion: 1,
    kind: 'sampler',
    id: 'acme/host-load',
    samplerName: 'AcmeHostLoadSampler',
    sample(sink, context) {
      seq += 1
      const [load = null] = loadavg()
      sink.emit('host_load', { seq, ts: context.clock.wallSeconds(), load, files: openFiles() })
    },
  })
}

/** Missing is null, never 0. */
function openFiles() {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}

export default defineSamplerSpec({
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'acme/host-load',
  create: createHostLoadSampler,
  rankZeroOnly: true,
})
