import type { ComponentChild } from 'preact'
import { useRef } from 'preact/hooks'

/**
 * A component that is drawn again only when one of its properties is another value. Parts of a payload
 * that did not change are the same objects, so most rows of a table stand still.
 *
 * @param draw - Must not use hooks itself: it is not called every time.
 */
export function memo<Props extends object>(
  draw: (props: Props) => ComponentChild,
): (props: Props) => ComponentChild {
  return function Memo(props: Props): ComponentChild {
    const last = useRef<{ readonly props: Props; readonly drawn: ComponentChild } | null>(null)
    // The same element tells preact that there is nothing to compare below it.
    if (last.current === null || !isSame(last.current.props, props)) {
      last.current = { props, drawn: draw(props) }
    }
    return last.current.drawn
  }
}

function isSame(left: object, right: object): boolean {
  const entries = Object.entries(left)
  return (
    entries.length === Object.keys(right).length &&
    entries.every(([key, value]) => Object.is(value, (right as Record<string, unknown>)[key]))
  )
}
