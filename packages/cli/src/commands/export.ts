import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorMessage, InputError, plainLine } from '@traceml/contracts'
import {
  historyTimeline,
  type Timeline,
  type TimelineRecord,
  toCsv,
  toJsonLines,
  toPerfetto,
} from '@traceml/exporter-timeline'
import { openHistoryReader } from '@traceml/storage/better-sqlite3'
import { writeStderr } from '../output/streams.js'
import { makeFolder } from '../session/make-folder.js'
import { randomHex } from '../session/random-hex.js'
import type { ExportFormat } from './export-format.js'

/** An `export` as it was typed. */
export interface ExportRequest {
  /** A session folder or a history file. */
  readonly session: string
  readonly format: ExportFormat
  /** File to write, `-` for stdout, null for a file in the session folder. */
  readonly output: string | null
  /** Only these ranks; null for all. */
  readonly ranks: readonly number[] | null
}

/** What went into the file. */
interface Seen {
  steps: number
  values: number
  /** Records that belong to a rank. */
  ofRanks: number
}

const WRITERS: Readonly<Record<ExportFormat, (timeline: Timeline) => Iterable<string>>> = {
  perfetto: toPerfetto,
  csv: toCsv,
  jsonl: toJsonLines,
}
const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  perfetto: 'json',
  csv: 'csv',
  jsonl: 'jsonl',
}
/** Characters handed on at once. */
const CHUNK = 65_536

/**
 * Writes the timeline of a run. Returns 0.
 *
 * @throws {TraceMLError} `TRACEML_STORAGE_OPEN` without a history, `TRACEML_INPUT_INVALID` when it
 * holds nothing of what was asked for; no file is left behind then.
 */
export async function exportRun(request: ExportRequest): Promise<number> {
  const session = await findHistory(request.session)
  using history = openHistoryReader(session.database)
  const seen: Seen = { steps: 0, values: 0, ofRanks: 0 }
  const ranks = request.ranks === null ? null : new Set(request.ranks)
  const timeline: Timeline = {
    runName: basename(session.folder),
    records: counted(historyTimeline(history, ranks), seen),
  }
  const text = inChunks(WRITERS[request.format](timeline))
  if (request.output === '-') {
    await pipeline(Readable.from(text), process.stdout, { end: false }).catch(ignoreLostReader)
    return 0
  }
  const path = resolve(
    request.output ?? join(session.folder, `timeline.${EXTENSIONS[request.format]}`),
  )
  const bytes = await writeWhole(path, text, () => requireRecords(request, seen))
  const what = request.format === 'perfetto' ? '; open it in https://ui.perfetto.dev' : ''
  await writeStderr(
    `Written: ${plainLine(path)} (${seen.steps} steps, ${seen.values} values, ${size(bytes)})${what}\n`,
  )
  return 0
}

async function findHistory(
  given: string,
): Promise<{ readonly folder: string; readonly database: string }> {
  const path = resolve(given)
  const found = await stat(path).catch(() => null)
  if (found?.isFile() === true) return { folder: dirname(dirname(path)), database: path }
  return { folder: path, database: join(path, 'aggregator', 'telemetry') }
}

function* counted(records: Iterable<TimelineRecord>, seen: Seen): Generator<TimelineRecord> {
  for (const record of records) {
    if (record.record === 'counter') {
      seen.values += 1
      if (record.of.kind === 'rank') seen.ofRanks += 1
    } else if (record.record === 'slice' && record.depth === 0) {
      seen.steps += 1
      seen.ofRanks += 1
    }
    yield record
  }
}

function requireRecords({ session, ranks }: ExportRequest, seen: Seen): void {
  if ((ranks === null ? seen.steps + seen.values : seen.ofRanks) > 0) return
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    ranks === null
      ? `The history of "${session}" is empty; export a run that recorded something.`
      : `The history of "${session}" has nothing of the ranks ${ranks.join(', ')}; leave out --ranks to see all.`,
  )
}

function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

/** Writes beside the target and renames, so that nobody sees a part. Returns the size in bytes. */
async function writeWhole(
  path: string,
  text: Iterable<string>,
  check: () => void,
): Promise<number> {
  makeFolder(dirname(path))
  const temporary = join(dirname(path), `.${basename(path)}.${randomHex(8)}.tmp`)
  const file = createWriteStream(temporary)
  try {
    await writeAll(file, text)
    check()
    await rename(temporary, path)
    return file.bytesWritten
  } catch (error) {
    file.destroy()
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeAll(file: Writable, text: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(text), file)
  if (!file.closed) await once(file, 'close')
}

function ignoreLostReader(error: unknown): void {
  const { code } = error as { readonly code?: unknown }
  if (code !== 'EPIPE') throw new Error(errorMessage(error), { cause: error })
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const kilobytes = bytes / 1000
  return kilobytes < 1000 ? `${kilobytes.toFixed(1)} kB` : `${(kilobytes / 1000).toFixed(1)} MB`
}
