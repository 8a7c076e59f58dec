import type { LiveLogLine } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { fetchJson } from '../data/fetch-json.js'
import { useFetched } from '../data/use-fetched.js'
import { usePayload } from '../data/use-payload.js'
import { formatClock } from '../format/format.js'
import { Nothing } from '../parts/card.js'
import { Scroll } from '../parts/scroll.js'
import { useStore } from '../state/store.js'
import { uiState } from '../state/ui-state.js'

const LINES = 200
const MAX_LINES = 2_000
const PAUSE_MS = 1_500
/** A pane that is scrolled up by less than this still counts as being at its end. */
const END_PX = 24

/**
 * What a rank (or all of them: null) wrote, the newest at the bottom. The pane follows new lines until
 * it is scrolled up.
 */
export function LogLines({ rank }: { readonly rank: number | null }): VNode {
  const newestId = usePayload(({ logs }) => logs.lines.at(-1)?.id ?? 0)
  const isPaused = useStore(uiState, (ui) => ui.isPaused)
  const [limit, setLimit] = useState(LINES)
  const { value, error } = useFetched(
    (signal) => fetchJson('/api/logs.json', { rank, limit }, signal),
    {
      key: `${rank} ${limit}`,
      version: isPaused ? 0 : (newestId ?? 0),
      pauseMs: PAUSE_MS,
    },
  )
  const pane = useRef<HTMLElement>(null)
  const isAtEnd = useRef(true)
  const lines = value?.rank === rank ? value.lines : []
  useEffect(() => {
    const element = pane.current
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight
  }, [lines])
  if (lines.length === 0) {
    return (
      <Nothing>{error ?? 'Nothing was written, or output is not captured in this run.'}</Nothing>
    )
  }
  return (
    <Scroll
      paneRef={pane}
      class="log"
      label={rank === null ? 'Output of all ranks' : `Output of rank ${rank}`}
      onScroll={(element) => {
        isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX
      }}
    >
      {value?.has_older === true && limit < MAX_LINES && (
        <button
          type="button"
          class="link"
          onClick={() => {
            isAtEnd.current = false
            setLimit(Math.min(MAX_LINES, limit * 2))
          }}
        >
          Show older lines
        </button>
      )}
      {lines.map((line) => (
        <Line key={line.id} line={line} hasRank={rank === null} />
      ))}
    </Scroll>
  )
}

function Line({ line, hasRank }: { readonly line: LiveLogLine; readonly hasRank: boolean }): VNode {
  return (
    <p class={line.stream === 'stderr' ? 'stderr' : undefined}>
      <span class="when">{formatClock(line.ts)}</span>
      {hasRank && line.rank !== null && <span class="who">r{line.rank}</span>}
      <span class="what">{line.text}</span>
    </p>
  )
}
