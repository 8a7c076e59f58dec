import type { LiveLineRow, LiveLogLine, LiveLogQuery, LiveLogs } from '@traceml/contracts'
import { whole } from '../history/query.js'
import { terminalText } from './terminal-text.js'

/** Lines that are kept of each rank: a rank that prints a lot hides no other. */
const LINES_PER_RANK = 2000
const MAX_RANKS = 64
const DEFAULT_LIMIT = 200
const MAX_LIMIT = 2000

interface RankLines {
  lines: LiveLogLine[]
  /** The newest line ended in a carriage return: the next one is written over it. */
  isOpen: boolean
}

/** The newest output of every rank, bounded. @internal */
export class LogBuffer {
  readonly #ranks = new Map<number | null, RankLines>()
  #nextId = 1

  add({ rank, ts, line }: LiveLineRow): void {
    let own = this.#ranks.get(rank)
    if (own === undefined) {
      if (this.#ranks.size >= MAX_RANKS) return
      own = { lines: [], isOpen: false }
      this.#ranks.set(rank, own)
    }
    const text = terminalText(line)
    const wasOpen = own.isOpen
    own.isOpen = line.endsWith('\r')
    if (text === '') return
    if (wasOpen) own.lines.pop()
    own.lines.push({ id: this.#nextId, rank, ts, stream: null, text })
    this.#nextId += 1
    // Cut by half as much again: moving all for every line would be quadratic.
    if (own.lines.length > LINES_PER_RANK * 1.5) own.lines = own.lines.slice(-LINES_PER_RANK)
  }

  /** Ranks that wrote anything, ascending. */
  get ranks(): readonly number[] {
    return [...this.#ranks.keys()].filter((rank) => rank !== null).toSorted((a, b) => a - b)
  }

  /** The newest lines over all ranks, oldest first. */
  tail(count: number): readonly LiveLogLine[] {
    const newest = [...this.#ranks.values()].flatMap(({ lines }) => lines.slice(-count))
    return newest.toSorted((a, b) => a.id - b.id).slice(-count)
  }

  /** @throws {InputError} `TRACEML_INPUT_INVALID` */
  query(query: LiveLogQuery): LiveLogs {
    const rank = query.rank ?? null
    const limit = whole('limit', query.limit ?? DEFAULT_LIMIT, 1, MAX_LIMIT)
    const after = whole('after_id', query.after_id ?? 0, 0)
    const before = whole('before_id', query.before_id ?? Number.MAX_SAFE_INTEGER, 0)
    const sources = rank === null ? [...this.#ranks.values()] : [this.#ranks.get(rank)]
    const known = sources
      .flatMap((own) => own?.lines ?? [])
      .filter(({ id }) => id < before)
      .toSorted((a, b) => a.id - b.id)
    const wanted = known.filter(({ id }) => id > after)
    const lines = query.after_id === undefined ? wanted.slice(-limit) : wanted.slice(0, limit)
    const first = lines[0]?.id ?? before
    return { rank, lines, has_older: (known[0]?.id ?? first) < first }
  }
}
