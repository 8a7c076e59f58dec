import type { LiveApi, LiveApiError } from '@traceml/contracts'

/**
 * Asks the server for JSON.
 *
 * @throws {Error} with one sentence for the viewer.
 */
export async function fetchJson<Path extends keyof LiveApi>(
  path: Path,
  query: Readonly<Record<string, number | null>>,
  signal: AbortSignal,
): Promise<LiveApi[Path]> {
  const values = Object.entries(query).flatMap(([key, value]) =>
    value === null ? [] : [[key, String(value)]],
  )
  const search = values.length === 0 ? '' : `?${new URLSearchParams(values)}`
  // Relative to the page, so that it works below any path.
  const response = await fetch(`.${path}${search}`, { signal })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const error = (body as LiveApiError | null)?.error
    throw new Error(error?.message ?? `The server answered ${response.status}.`)
  }
  return body as LiveApi[Path]
}
