import { freemem, totalmem } from 'node:os'

/** Memory of the host in bytes. */
export interface HostMemory {
  readonly usedBytes: number
  readonly totalBytes: number
}

const LINE = /^(\w+):\s+(\d+) kB$/gm

/**
 * Used and total memory from `/proc/meminfo`, or null when it is not that file. Used is what
 * programs hold: neither free, nor buffers, nor the file cache.
 */
export function parseMemInfo(text: string): HostMemory | null {
  const kib = new Map<string, number>()
  for (const [, name, value] of text.matchAll(LINE)) {
    if (name !== undefined) kib.set(name, Number(value))
  }
  const total = kib.get('MemTotal')
  const free = kib.get('MemFree')
  if (total === undefined || free === undefined) return null
  const cache = (kib.get('Cached') ?? 0) + (kib.get('SReclaimable') ?? 0)
  const used = total - free - cache - (kib.get('Buffers') ?? 0)
  return { usedBytes: (used >= 0 ? used : total - free) * 1024, totalBytes: total * 1024 }
}

/** The same from the operating system, for hosts without `/proc`. */
export function readOsMemory(): HostMemory {
  const totalBytes = totalmem()
  return { usedBytes: totalBytes - freemem(), totalBytes }
}
