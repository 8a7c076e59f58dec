import type { Sampler, SamplerContext, SamplerSpec } from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'

const TABLE = SAMPLER_NAMES.process.table

/** What browsers offer, each of it only some of them. */
interface PageGlobals {
  readonly performance?: {
    /** Chromium, in a page and not in a worker. */
    readonly memory?: { readonly usedJSHeapSize?: number; readonly jsHeapSizeLimit?: number }
    /** Isolated pages only; resolves when the collector has run, which may take many seconds. */
    measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>
  }
  readonly navigator?: { readonly hardwareConcurrency?: number }
}

/**
 * One row per tick about a page that trains, in the table of processes: its memory, as far as the
 * browser tells, and null where it does not. Isolated pages (`crossOriginIsolated`) are told the
 * memory of everything that belongs to them, their workers included; others, in Chromium, the heap
 * of their JavaScript and its limit. No browser tells a page how much processor time it takes.
 */
export function createPageMemorySampler(): Sampler {
  const page = globalThis as PageGlobals
  let seq = 0
  let measured: number | null = null
  let isMeasuring = false
  const measure = (): void => {
    if (isMeasuring || page.performance?.measureUserAgentSpecificMemory === undefined) return
    isMeasuring = true
    page.performance.measureUserAgentSpecificMemory().then(
      ({ bytes }) => {
        measured = bytes
        isMeasuring = false
      },
      // Not allowed here: it is not asked again, and the heap is all that is known.
      () => {},
    )
  }
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'page-memory',
    samplerName: SAMPLER_NAMES.process.sampler,
    sample(sink, context: SamplerContext) {
      seq += 1
      measure()
      const heap = page.performance?.memory
      sink.emit(TABLE, {
        seq,
        ts: context.clock.wallSeconds(),
        pid: context.identity.pid,
        cpu: null,
        cpu_cores: page.navigator?.hardwareConcurrency ?? null,
        ram_used: measured ?? heap?.usedJSHeapSize ?? null,
        ram_total: measured === null ? (heap?.jsHeapSizeLimit ?? null) : null,
        gpu_available: false,
        gpu_count: 0,
        gpu: null,
      })
    },
  }
}

/** {@link createPageMemorySampler} among the samplers of a page. */
export const pageMemorySpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'page_memory',
  create: createPageMemorySampler,
}
