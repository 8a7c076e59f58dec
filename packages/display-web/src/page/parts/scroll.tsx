import type { ComponentChildren, Ref, VNode } from 'preact'

/** A part of the page that scrolls by itself. */
export interface ScrollProps {
  readonly label: string
  readonly class?: string
  readonly paneRef?: Ref<HTMLElement>
  readonly onScroll?: (pane: HTMLElement) => void
  readonly children: ComponentChildren
}

/** Can be reached and scrolled with the keyboard. */
export function Scroll(props: ScrollProps): VNode {
  const { label, class: name, paneRef, onScroll, children } = props
  return (
    <section
      class={name === undefined ? 'scroll' : `scroll ${name}`}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll here
      tabIndex={0}
      {...(paneRef === undefined ? {} : { ref: paneRef })}
      onScroll={({ currentTarget }) => onScroll?.(currentTarget)}
    >
      {children}
    </section>
  )
}
