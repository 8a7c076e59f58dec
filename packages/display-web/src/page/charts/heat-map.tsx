import type { LiveStepHeat } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { formatMs, formatSkew } from '../format/format.js'
import { useStore } from '../state/store.js'
import { colour, colours } from '../state/theme.js'
import { lateness } from './lateness.js'

/** Ranks from top to bottom, steps from left to right, darker where a rank was late. */
export interface HeatMapProps {
  readonly heat: LiveStepHeat
  readonly selected: number | null
  readonly onSelect: (rank: number) => void
}

const MAX_HEIGHT = 320
const LATE_AT_FULL_COLOUR = 0.5

interface Cell {
  readonly row: number
  readonly column: number
}

/** Drawn by hand on a canvas: thousands of cells a tick would be too many elements. */
export function HeatMap({ heat, selected, onSelect }: HeatMapProps): VNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = useStore(colours, (count) => count)
  const [cell, setCell] = useState<Cell | null>(null)
  const late = useMemo(() => lateness(heat.own_time_ms), [heat])
  const rowHeight = Math.max(
    3,
    Math.min(18, Math.floor(MAX_HEIGHT / Math.max(1, heat.ranks.length))),
  )
  const height = rowHeight * heat.ranks.length

  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const draw = (): void => drawCells(element, { heat, late, rowHeight, selected })
    draw()
    const observer = new ResizeObserver(draw)
    observer.observe(element)
    return () => observer.disconnect()
  }, [heat, late, rowHeight, selected, palette])

  const cellAt = (event: MouseEvent): Cell | null => {
    const box = canvas.current?.getBoundingClientRect()
    if (box === undefined || box.width === 0) return null
    const column = Math.floor(((event.clientX - box.left) / box.width) * heat.steps.length)
    const row = Math.floor((event.clientY - box.top) / rowHeight)
    return heat.ranks[row] === undefined || heat.steps[column] === undefined
      ? null
      : { row, column }
  }
  return (
    <div class="heat">
      {/* For the keyboard, the table of ranks below does the same. */}
      <canvas
        ref={canvas}
        role="img"
        aria-label={describe(heat, late)}
        style={{ height: `${height}px` }}
        onMouseMove={(event) => setCell(cellAt(event))}
        onMouseLeave={() => setCell(null)}
        onClick={(event) => {
          const rank = heat.ranks[cellAt(event)?.row ?? -1]
          if (rank !== undefined) onSelect(rank)
        }}
      />
      <p class="readout small">{cell === null ? <HeatKey /> : cellText(heat, late, cell)}</p>
    </div>
  )
}

function HeatKey(): VNode {
  return (
    <span class="quiet">
      A rank's own time against the median of the step <span class="heat-key" aria-hidden="true" />{' '}
      +{LATE_AT_FULL_COLOUR * 100} % and more. Click a row to look at its rank.
    </span>
  )
}

function cellText(heat: LiveStepHeat, late: Lateness, { row, column }: Cell): string {
  const own = heat.own_time_ms[row]?.[column] ?? null
  const whole = heat.step_time_ms[row]?.[column] ?? null
  const ratio = late[row]?.[column] ?? null
  return `Rank ${heat.ranks[row]}, step ${heat.steps[column]}: own time ${formatMs(own)} (${formatSkew(ratio)}), step ${formatMs(whole)}`
}

type Lateness = ReturnType<typeof lateness>

function describe(heat: LiveStepHeat, late: Lateness): string {
  const means = late.map((row) => {
    const known = row.flatMap((ratio) => ratio ?? [])
    return known.length === 0 ? 0 : known.reduce((sum, ratio) => sum + ratio, 0) / known.length
  })
  const worst = Math.max(0, ...means)
  const rank = heat.ranks[means.indexOf(worst)]
  const what = `Lateness of ${heat.ranks.length} ranks over ${heat.steps.length} steps`
  return worst < 0.05 || rank === undefined
    ? `${what}: no rank stands out.`
    : `${what}: rank ${rank} is latest, on average ${formatSkew(worst)} against the median.`
}

function drawCells(
  element: HTMLCanvasElement,
  picture: {
    readonly heat: LiveStepHeat
    readonly late: Lateness
    readonly rowHeight: number
    readonly selected: number | null
  },
): void {
  const { heat, late, rowHeight, selected } = picture
  const scale = window.devicePixelRatio || 1
  const width = element.clientWidth
  const height = rowHeight * heat.ranks.length
  element.width = Math.round(width * scale)
  element.height = Math.round(height * scale)
  const context = element.getContext('2d')
  if (context === null || width === 0) return
  context.scale(scale, scale)
  const cellWidth = width / Math.max(1, heat.steps.length)
  const gap = rowHeight >= 8 ? 1 : 0
  const quiet = colour('heat-quiet')
  const hot = colour('heat-hot')
  late.forEach((row, rowIndex) => {
    row.forEach((ratio, column) => {
      if (ratio === null) return
      const x = column * cellWidth
      const y = rowIndex * rowHeight
      context.globalAlpha = 1
      context.fillStyle = quiet
      context.fillRect(x, y, Math.max(1, cellWidth - gap), rowHeight - gap)
      const heatRatio = Math.min(1, Math.max(0, ratio) / LATE_AT_FULL_COLOUR)
      if (heatRatio === 0) return
      context.globalAlpha = heatRatio
      context.fillStyle = hot
      context.fillRect(x, y, Math.max(1, cellWidth - gap), rowHeight - gap)
    })
  })
  context.globalAlpha = 1
  const selectedRow = selected === null ? -1 : heat.ranks.indexOf(selected)
  if (selectedRow >= 0) {
    context.strokeStyle = colour('text')
    context.lineWidth = 1.5
    context.strokeRect(0.75, selectedRow * rowHeight + 0.25, width - 1.5, rowHeight - 1)
  }
}
