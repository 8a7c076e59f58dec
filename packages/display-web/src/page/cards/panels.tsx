import type { JsonObject, LivePanelBlock, LiveSection } from '@traceml/contracts'
import type { VNode } from 'preact'
import type { DrawnPanel } from '../../server/panels/draw-panels.js'
import { LineChart } from '../charts/line-chart.js'
import { usePayload } from '../data/use-payload.js'
import { formatValue } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { Figures } from '../parts/figures.js'
import { Scroll } from '../parts/scroll.js'
import { shown } from '../state/live-state.js'
import { useStore } from '../state/store.js'

const COLOURS = ['forward', 'input', 'optimizer', 'h2d', 'backward', 'residual'] as const

/** Panels and sections that others added. */
export function AddedPanels(): VNode {
  const panels = useStore(shown, (received) => received?.document.panels ?? null)
  const sections = usePayload((payload) => payload.extra_sections)
  return (
    <>
      {panels?.map((panel) => (
        <Panel key={panel.id} panel={panel} />
      ))}
      {Object.values(sections ?? {}).map((section) => (
        <ExtraSection key={section.id} section={section} />
      ))}
    </>
  )
}

function Panel({ panel }: { readonly panel: DrawnPanel }): VNode {
  const run = usePayload((payload) => payload.run.freshness)
  const own = usePayload(({ sections, extra_sections: extra }) => {
    const all: Readonly<Record<string, LiveSection<unknown> | undefined>> = {
      ...extra,
      ...sections,
    }
    return (panel.section === null ? undefined : all[panel.section]?.freshness) ?? null
  })
  return (
    <Card id={`panel-${panel.id}`} title={panel.title} freshness={own ?? run} error={panel.error}>
      {panel.view === null
        ? panel.error === null && <Nothing>Nothing to show yet.</Nothing>
        : panel.view.blocks.map((block, index) => (
            <Block key={index} block={block} title={panel.title} />
          ))}
    </Card>
  )
}

function Block(props: { readonly block: LivePanelBlock; readonly title: string }): VNode {
  const { block, title } = props
  switch (block.kind) {
    case 'lines':
      return (
        <div class="lines">
          {block.lines.map((line, index) => (
            <p key={index}>{String(line)}</p>
          ))}
        </div>
      )
    case 'figures':
      return (
        <Figures
          figures={block.figures.map(({ label, value, unit }) => ({
            label: String(label),
            value: formatValue(value, unit),
          }))}
        />
      )
    case 'table':
      return (
        <Scroll label={`Table of ${title}`}>
          <table>
            <thead>
              <tr>
                {block.columns.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((cells, row) => (
                <tr key={row}>
                  {cells.map((cell, index) => (
                    <td
                      key={block.columns[index]?.label}
                      class={typeof cell === 'number' ? 'num' : undefined}
                    >
                      {formatValue(cell, block.columns[index]?.unit ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )
    case 'series':
      return (
        <LineChart
          label={`${title} by ${block.x_label}`}
          x={block.x}
          xKind="count"
          xLabel={block.x_label}
          height={140}
          range="close"
          format={(value) => formatValue(value, block.unit)}
          lines={block.series.map(({ label, values }, index) => ({
            label,
            values,
            colour: COLOURS[index % COLOURS.length] ?? 'forward',
          }))}
        />
      )
  }
}

function ExtraSection({ section }: { readonly section: LiveSection<JsonObject> }): VNode {
  const { id, title, freshness, error, verdict, body } = section
  return (
    <Card id={`section-${id}`} title={title} freshness={freshness} error={error} verdict={verdict}>
      {body === null ? (
        error === null && <Nothing>{freshness.reason ?? 'Nothing to show yet.'}</Nothing>
      ) : (
        <dl class="facts">
          {Object.entries(body).map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{plainText(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  )
}

function plainText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return formatValue(value, null)
  return value === null ? formatValue(null, null) : JSON.stringify(value)
}
