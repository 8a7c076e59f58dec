import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { Scroll } from '../parts/scroll.js'

/** The numbers of a chart. */
export interface TableViewProps {
  readonly caption: string
  readonly columns: readonly string[]
  /** As many rows as the chart has points; the newest are shown. Called when the table is open. */
  readonly rows: (limit: number) => readonly (readonly string[])[]
}

const ROWS = 60

/** A chart as a table, for those who cannot see it or want the numbers; made when it is opened. */
export function TableView({ caption, columns, rows }: TableViewProps): VNode {
  const [isOpen, setOpen] = useState(false)
  return (
    <details
      class="table-view"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      open={isOpen}
    >
      <summary>
        Show as table<span class="unseen">: {caption}</span>
      </summary>
      {isOpen && (
        <Scroll label={caption}>
          <table>
            <caption class="unseen">{caption}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows(ROWS).map((cells) => (
                <tr key={cells[0]}>
                  {cells.map((cell, index) => (
                    <td key={columns[index]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </details>
  )
}
