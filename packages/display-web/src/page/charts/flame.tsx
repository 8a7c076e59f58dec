import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { LayerMeasure } from '../state/ui-state.js'
import { type FlameBlock, type FlameNode, layoutFlame } from './flame-tree.js'
import { partsOf } from './layer-parts.js'

/** Layers as blocks: below each one what it is made of, as wide as its cost. */
export interface FlameProps {
  readonly label: string
  /** Stands at full width on top. */
  readonly top: FlameNode
  /** Id of the block that is looked at. */
  readonly selected: string
  readonly by: LayerMeasure
  /** What a block costs, in words. */
  readonly describe: (node: FlameNode) => string
  readonly onChoose: (node: FlameNode) => void
  /** The block under the pointer or with the focus; null when there is none. */
  readonly onLook: (node: FlameNode | null) => void
}

const ROWS = 4
const ROW_PX = 44

/** One block can be reached by the tab key; arrows go on from there. */
export function Flame(props: FlameProps): VNode {
  const { label, top, selected, by, describe, onChoose, onLook } = props
  const frame = useRef<HTMLElement>(null)
  const [reached, setReached] = useState<string | null>(null)
  const blocks = layoutFlame(top, ROWS)
  const rows = Math.max(...blocks.map(({ row }) => row)) + 1
  const isShown = (id: string | null): boolean => blocks.some(({ node }) => node.id === id)
  const tabStop = isShown(reached) ? reached : isShown(selected) ? selected : top.id
  const goTo = (target: FlameBlock | undefined): void => {
    if (target === undefined) return
    setReached(target.node.id)
    const index = blocks.indexOf(target)
    frame.current?.querySelectorAll('button')[index]?.focus()
  }
  return (
    <section
      ref={frame}
      class="flame"
      aria-label={label}
      style={{ height: `${rows * ROW_PX}px` }}
      onPointerLeave={() => onLook(null)}
      onKeyDown={(event) => {
        const { key } = event
        const at = blocks.find(({ node }) => node.id === tabStop)
        if (at === undefined) return
        if (key === 'Escape' || key === 'Backspace') {
          if (top.parent === null) return
          setReached(top.id)
          onChoose(top.parent)
        } else if (key.startsWith('Arrow')) goTo(neighbour(blocks, at, key))
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      {blocks.map(({ node, row, left, width }) => (
        <button
          key={node.id}
          type="button"
          class={`flame-block ${node.kind}`}
          tabIndex={node.id === tabStop ? 0 : -1}
          aria-current={node.id === selected}
          aria-label={describe(node)}
          style={{
            left: `${left * 100}%`,
            width: `${width * 100}%`,
            top: `${row * ROW_PX}px`,
            height: `${ROW_PX}px`,
          }}
          onClick={() => onChoose(node)}
          onPointerEnter={() => onLook(node)}
          onFocus={() => {
            setReached(node.id)
            onLook(node)
          }}
          onBlur={() => onLook(null)}
        >
          <span class="fill">
            {partsOf(node.cost, by, node.size).map(([name, percent]) => (
              <i key={name} class={name} style={{ width: `${percent}%` }} />
            ))}
          </span>
          <span class="name">{node.label || '(no name)'}</span>
        </button>
      ))}
    </section>
  )
}

/** Where an arrow key leads from a block: along its row, to what it is made of, to what it is in. */
function neighbour(
  blocks: readonly FlameBlock[],
  from: FlameBlock,
  key: string,
): FlameBlock | undefined {
  const inRow = blocks.filter(({ row }) => row === from.row)
  switch (key) {
    case 'ArrowLeft':
      return inRow[inRow.indexOf(from) - 1]
    case 'ArrowRight':
      return inRow[inRow.indexOf(from) + 1]
    case 'ArrowDown':
      return blocks.find(({ node }) => node.parent === from.node)
    default:
      return blocks.find(({ node }) => node === from.node.parent)
  }
}
