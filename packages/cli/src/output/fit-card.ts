/** Blank columns that stay between two columns of a table. */
const GAP = 2
const RULE = /^-{8,}$/
const TABLE_ROW = /\S {2,}\S/
const LABEL = /^ *(?:- |[A-Z][A-Za-z ]*: )/

/**
 * Makes a text card fit a terminal that is narrower than the card: without its frame, with tables
 * moved together and sentences wrapped at words. A card that fits is returned as it is.
 *
 * @param columns - Width of the terminal.
 */
export function fitCard(text: string, columns: number): string {
  const lines = text.split('\n')
  if (lines.every((line) => line.length <= columns)) return text
  const fitted: string[] = []
  let group: string[] = []
  // Tables that can be moved together by the same columns stay aligned with each other.
  for (const block of blocksOf(lines.map((line) => withoutFrame(line, columns)))) {
    const wider = [...group, ...block]
    if (group.length > 0 && !canFit(wider, columns)) {
      fitted.push(...fitGroup(group, columns))
      group = [...block]
    } else group = wider
  }
  return [...fitted, ...fitGroup(group, columns)].join('\n')
}

function withoutFrame(line: string, columns: number): string {
  if (/^\+-+\+$/.test(line)) return '-'.repeat(columns)
  const inner = /^\|(?: {2})?(.*)\|$/.exec(line)?.[1]?.trimEnd() ?? line
  return RULE.test(inner) ? inner.slice(0, columns) : inner
}

/** Cuts before every blank line. */
function blocksOf(lines: readonly string[]): readonly (readonly string[])[] {
  const blocks: string[][] = [[]]
  for (const line of lines) {
    if (line === '') blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  return blocks
}

function isRow(line: string): boolean {
  return TABLE_ROW.test(line) && !LABEL.test(line)
}

function canFit(lines: readonly string[], columns: number): boolean {
  const rows = lines.filter(isRow)
  const drop = blankColumns(rows, columns)
  return Math.max(0, ...rows.map((row) => row.length)) - drop.size <= columns
}

function fitGroup(lines: readonly string[], columns: number): readonly string[] {
  const drop = blankColumns(lines.filter(isRow), columns)
  const squeezed = lines.map((line) =>
    isRow(line) ? [...line].filter((_, column) => !drop.has(column)).join('') : line,
  )
  return paragraphs(squeezed).flatMap((line) => wrap(line, columns))
}

/** Columns that are blank in every row, beyond the gap, as many as are too many. */
function blankColumns(rows: readonly string[], columns: number): ReadonlySet<number> {
  const width = Math.max(0, ...rows.map((row) => row.length))
  const spare: number[][] = []
  let run: number[] = []
  for (let column = 0; column <= width; column += 1) {
    const isBlank = column < width && rows.every((row) => (row[column] ?? ' ') === ' ')
    if (isBlank) run.push(column)
    else {
      // The indent of the first column is not a gap.
      if (run[0] !== 0) spare.push(run.slice(GAP))
      run = []
    }
  }
  const drop = new Set<number>()
  while (width - drop.size > columns) {
    const widest = spare.toSorted((a, b) => b.length - a.length)[0]
    const column = widest?.pop()
    if (column === undefined) break
    drop.add(column)
  }
  return drop
}

/** Joins a sentence that was wrapped for the card to one line again. */
function paragraphs(lines: readonly string[]): readonly string[] {
  const joined: string[] = []
  let hanging: number | null = null
  for (const line of lines) {
    const indent = line.search(/\S/)
    const last = joined.at(-1)
    if (last !== undefined && hanging === indent && !TABLE_ROW.test(line.trim())) {
      joined[joined.length - 1] = `${last} ${line.trim()}`
    } else {
      joined.push(line)
      hanging = LABEL.exec(line)?.[0].length ?? null
    }
  }
  return joined
}

function wrap(line: string, columns: number): readonly string[] {
  if (line.length <= columns) return [line]
  const indent = ' '.repeat(LABEL.exec(line)?.[0].length ?? line.search(/\S/))
  const wrapped: string[] = []
  let current = line.slice(0, Math.max(0, line.search(/\S/)))
  let isEmpty = true
  for (const word of line.trim().split(' ')) {
    if (!isEmpty && current.length + 1 + word.length > columns) {
      wrapped.push(current)
      current = indent
      isEmpty = true
    }
    current += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...wrapped, current]
}
