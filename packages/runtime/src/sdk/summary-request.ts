import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RuntimeIdentity } from '@traceml/contracts'
import { randomHex } from '../lifecycle/random-hex.js'

/** What the aggregator answers to a request for the summary. */
export interface SummaryResponse {
  readonly request_id: string
  readonly status: 'ok' | 'error'
  readonly summary_json_path: string | null
  readonly summary_txt_path: string | null
  readonly error: string | null
}

/** Asks the aggregator of a session for a summary, through a file; returns the request's id. */
export async function writeSummaryRequest(
  sessionRoot: string,
  identity: RuntimeIdentity,
  createdAt: Date,
): Promise<string> {
  const requestId = `final_summary_${randomHex(16)}`
  const folder = join(sessionRoot, 'control')
  const request = {
    request_id: requestId,
    created_at: createdAt.toISOString(),
    pid: identity.pid,
    rank: identity.globalRank,
    local_rank: identity.localRank,
  }
  const temporary = join(folder, `.final_summary_request.json.${requestId}.tmp`)
  await mkdir(folder, { recursive: true })
  await writeFile(temporary, JSON.stringify(request, null, 2))
  await rename(temporary, join(folder, 'final_summary_request.json'))
  return requestId
}

/** The answer to the request, or null while there is none. */
export async function readSummaryResponse(
  sessionRoot: string,
  requestId: string,
): Promise<SummaryResponse | null> {
  const response = await readJson(join(sessionRoot, 'control', 'final_summary_response.json'))
  const found = response as SummaryResponse | null
  return found?.request_id === requestId ? found : null
}

/** The JSON of a file, or null when there is none or it cannot be read as JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}
