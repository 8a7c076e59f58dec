import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { useStore } from '../state/store.js'
import { colours } from '../state/theme.js'

/** A chart of uPlot. */
export interface PlotProps {
  /** One sentence: what the chart shows. */
  readonly label: string
  readonly height: number
  /** x first; all equally long. */
  readonly data: uPlot.AlignedData
  /** Changes when `options` would make another chart; data alone never makes one anew. */
  readonly structure: string
  /** Series, axes and the like, made when the chart is. */
  readonly options: () => Omit<uPlot.Options, 'width' | 'height'>
  /** Told the index under the pointer, or null when it left. */
  readonly onPoint?: (index: number | null) => void
  /** Told the part of the x axis that was dragged over. */
  readonly onSelect?: (from: number, to: number) => void
  readonly onReset?: () => void
}

/** Draws a chart that keeps its zoom, its cursor and itself while data comes and goes. */
export function Plot(props: PlotProps): VNode {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const palette = useStore(colours, (count) => count)

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const made = new uPlot(
      { ...withHooks(latest), width: element.clientWidth || 300, height: props.height },
      latest.current.data,
      element,
    )
    plot.current = made
    made.over.addEventListener('dblclick', () => latest.current.onReset?.())
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth
      if (width > 0 && width !== made.width) made.setSize({ width, height: props.height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [props.structure, props.height, palette])
  useEffect(() => plot.current?.setData(props.data), [props.data])

  return (
    <div
      ref={frame}
      class="plot"
      role="img"
      aria-label={props.label}
      style={{ height: `${props.height}px` }}
    />
  )
}

function withHooks(latest: {
  readonly current: PlotProps
}): Omit<uPlot.Options, 'width' | 'height'> {
  const options = latest.current.options()
  return {
    ...options,
    hooks: {
      ...options.hooks,
      setCursor: [(self) => latest.current.onPoint?.(self.cursor.idx ?? null)],
      setSelect: [
        (self) => {
          const { left, width } = self.select
          if (width < 4) return
          const from = self.posToVal(left, 'x')
          const to = self.posToVal(left + width, 'x')
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          latest.current.onSelect?.(from, to)
        },
      ],
    },
  }
}
