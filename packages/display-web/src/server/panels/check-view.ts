import type { LivePanelBlock, LivePanelView } from '@traceml/contracts'

/** Points of one chart; more would make the page slow for everybody. */
const MAX_POINTS = 100_000
const MAX_ROWS = 2_000

/**
 * The view of a panel, checked: panels are made elsewhere, and what is no view must say so in its
 * own place instead of breaking the page.
 *
 * @throws {TypeError} with what is wrong, as the end of a sentence about the panel.
 */
export function checkPanelView(view: unknown): LivePanelView {
  // What is no JSON fails here, too, and not in the stream of everything.
  const plain = JSON.parse(JSON.stringify(view ?? null)) as { readonly blocks?: unknown } | null
  if (!isList(plain?.blocks)) throw new TypeError('returned no view: a view has a list of blocks')
  for (const [index, block] of plain.blocks.entries()) {
    checkBlock(block as LivePanelBlock, index + 1)
  }
  return plain as unknown as LivePanelView
}

function checkBlock(block: LivePanelBlock, place: number): void {
  const wrong = (what: string): never => {
    throw new TypeError(`returned block ${place}, which ${what}`)
  }
  switch (block?.kind) {
    case 'lines':
      if (!isList(block.lines)) wrong('has no list of lines')
      return
    case 'figures':
      if (!isList(block.figures)) wrong('has no list of figures')
      return
    case 'table':
      if (!isList(block.columns) || !isList(block.rows)) wrong('has no columns or no rows')
      if (block.rows.length > MAX_ROWS) {
        wrong(`has ${block.rows.length} rows; ${MAX_ROWS} can be shown`)
      }
      if (!block.rows.every((row) => isList(row) && row.length === block.columns.length)) {
        wrong('has a row of another length than its columns')
      }
      return
    case 'series':
      if (!isList(block.x) || !isList(block.series)) wrong('has no x or no series')
      if (block.x.length > MAX_POINTS) {
        wrong(`has ${block.x.length} points; ${MAX_POINTS} can be shown`)
      }
      if (!block.series.every(({ values }) => isList(values) && values.length === block.x.length)) {
        wrong('has a series of another length than its x')
      }
      return
    default:
      wrong(`is of no known kind: ${JSON.stringify(block)?.slice(0, 60)}`)
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
