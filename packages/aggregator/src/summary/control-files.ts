import { readFile } from 'node:fs/promises'
import { toText } from '@traceml/codec'
import { isoTimestamp, writeJsonAtomic } from '../atomic-write.js'

/** Answer to one request for a summary. @internal */
export interface SummaryResponse {
  readonly requestId: string
  readonly jsonPath: string | null
  readonly textPath: string | null
  /** Null when the summary was made. */
  readonly error: string | null
}

/** The id of the request in a file; null when there is none or it cannot be read. @internal */
export async function readRequestId(path: string): Promise<string | null> {
  try {
    const request: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof request !== 'object' || request === null) return null
    const id = toText((request as { readonly request_id?: unknown }).request_id)?.trim()
    return id === undefined || id === '' ? null : id
  } catch {
    return null
  }
}

/** Writes the answer to a request. @throws the error of the file system. @internal */
export function writeResponse(
  path: string,
  wallSeconds: number,
  response: SummaryResponse,
): Promise<void> {
  return writeJsonAtomic(path, {
    request_id: response.requestId,
    status: response.error === null ? 'ok' : 'error',
    completed_at: isoTimestamp(wallSeconds),
    summary_json_path: response.jsonPath,
    summary_txt_path: response.textPath,
    error: response.error,
  })
}
