import { formatFixed } from '@traceml/analysis'
import { type JavaScriptSiteFact, plainLine } from '@traceml/contracts'
import type { JavaScriptRank } from './context.js'

const UNITS = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const

/** Bytes as short text in binary units. */
export function bytesText(bytes: number): string {
  for (const [size, unit] of UNITS) {
    if (Math.abs(bytes) >= size) return `${formatFixed(bytes / size, 1)} ${unit}`
  }
  return `${formatFixed(bytes, 0)} B`
}

/** Milliseconds as short text: seconds from one second on. */
export function msText(ms: number): string {
  if (ms >= 1000) return `${formatFixed(ms / 1000, 1)} s`
  return ms >= 10 ? `${formatFixed(ms, 0)} ms` : `${formatFixed(ms, 2)} ms`
}

/** A fraction as percent. */
export function shareText(share: number): string {
  return `${formatFixed(100 * share, 1)}%`
}

/** A small number with as many decimals as it needs. */
export function countText(count: number): string {
  return Number.isInteger(count) || count >= 100 ? formatFixed(count, 0) : formatFixed(count, 1)
}

/** A count of millions or more as short text. */
export function largeText(count: number): string {
  if (count >= 1e9) return `${formatFixed(count / 1e9, 1)} G`
  if (count >= 1e6) return `${formatFixed(count / 1e6, 1)} M`
  return count >= 1e3 ? `${formatFixed(count / 1e3, 1)} k` : formatFixed(count, 0)
}

/** A line of the program as text: `loss at src/train.ts:41:18`. */
export function siteText({ at, name }: JavaScriptSiteFact): string {
  const place = at === 'library' ? 'inside the library' : plainLine(at, 200)
  return name === null ? place : `${place} (${plainLine(name, 80)})`
}

/** Lines of the program of one kind, the most frequent first. */
export function sitesOf(
  { row }: JavaScriptRank,
  ...kinds: readonly JavaScriptSiteFact['of'][]
): readonly JavaScriptSiteFact[] {
  return row.sites
    .filter(({ of }) => kinds.includes(of))
    .toSorted((a, b) => b.count - a.count || (a.at < b.at ? -1 : 1))
}

/** The same as evidence. */
export function siteEvidence(sites: readonly JavaScriptSiteFact[]): readonly {
  readonly at: string
  readonly name: string | null
  readonly found: number
}[] {
  return sites.map(({ at, name, count }) => ({ at, name, found: count }))
}

/** A noun in the number of its count. */
export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`
}
