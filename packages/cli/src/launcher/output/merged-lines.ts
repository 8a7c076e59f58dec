import type { OutputLine } from '@traceml/display-terminal'

/** Lines of several processes in the order in which they were last written to. */
export interface MergedLines {
  /** A line was begun or rewritten. */
  add(rank: number | null, line: OutputLine): void
  /** Oldest first; with the rank in front of them where there are several. */
  lines(): readonly OutputLine[]
}

/** A line of a process whose text follows that process. */
class RankedLine implements OutputLine {
  readonly #prefix: string
  readonly source: OutputLine

  constructor(prefix: string, source: OutputLine) {
    this.#prefix = prefix
    this.source = source
  }

  get text(): string {
    return this.#prefix + this.source.text
  }
}

/** How far back a line that is rewritten is looked for; progress bars are among the newest lines. */
const LOOK_BACK = 64

/** Keeps the newest `maxLines` lines. */
export function createMergedLines(hasSeveral: boolean, maxLines: number): MergedLines {
  let merged: RankedLine[] = []
  return {
    add(rank, line) {
      const recent = merged.slice(-LOOK_BACK)
      const found = recent.findLastIndex(({ source }) => source === line)
      const at = merged.length - recent.length + found
      if (found >= 0) {
        // The lines of one process keep their order: that is its screen.
        if (!hasSeveral || at === merged.length - 1) return
        merged.splice(at, 1)
      }
      merged.push(new RankedLine(hasSeveral && rank !== null ? `r${rank} │ ` : '', line))
      if (merged.length > maxLines * 1.25) merged = merged.slice(-maxLines)
    },
    lines: () => (merged.length > maxLines ? merged.slice(-maxLines) : merged),
  }
}
