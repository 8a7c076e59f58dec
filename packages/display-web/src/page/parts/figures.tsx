import type { ComponentChildren, VNode } from 'preact'

/** A number with its name. */
export interface Figure {
  readonly label: string
  readonly value: ComponentChildren
  /** Below the value, quiet. */
  readonly note?: ComponentChildren
}

/** Numbers side by side. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }): VNode {
  return (
    <dl class="figures">
      {figures.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {value}
            {note !== undefined && <span class="note">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
