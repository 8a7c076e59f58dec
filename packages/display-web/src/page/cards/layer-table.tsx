import type { LayerCost, LayerEntry, LayerProfile } from '@traceml/contracts'
import type { VNode } from 'preact'
import type { FlameNode } from '../charts/flame-tree.js'
import { partsOf } from '../charts/layer-parts.js'
import { TableView } from '../charts/table-view.js'
import {
  formatBytes,
  formatCount,
  formatMs,
  formatRatio,
  formatSkew,
  UNKNOWN,
} from '../format/format.js'
import { Scroll } from '../parts/scroll.js'
import { choose, type LayerMeasure } from '../state/ui-state.js'

const LARGEST = 6

/** The layers that cost most, within a block or the whole model. */
export function LargestLayers(props: {
  readonly profile: LayerProfile
  readonly within: FlameNode
  readonly by: LayerMeasure
}): VNode | null {
  const { profile, by } = props
  const { path: within, layers } = props.within
  const sizeOf = (cost: LayerCost): number =>
    (by === 'time' ? cost.total_ms : cost.memory_bytes) ?? 0
  const own = profile.entries.filter((entry) => isWithin(pathOf(entry), within))
  const largest = own.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, LARGEST)
  if (largest.length === 0) return null
  const most = sizeOf(largest[0] as LayerEntry)
  const more = (layers ?? 0) - largest.length
  const hasRanks = profile.ranks_used.length > 1
  const label = within === '' ? 'Largest layers' : `Largest layers of ${within}`
  return (
    <>
      <Scroll label={label}>
        <table class="layer-table">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col" class="layer-bar">
                <span class="unseen">
                  {by === 'time' ? 'Parts of the time' : 'Parts of the memory'}
                </span>
              </th>
              <th scope="col" class="num">
                {by === 'time' ? 'Time a step' : 'Memory'}
              </th>
              <th scope="col" class="num">
                Share
              </th>
              {hasRanks && <th scope="col">Slowest on</th>}
            </tr>
          </thead>
          <tbody>
            {largest.map((entry) => (
              <tr key={pathOf(entry)}>
                <th scope="row" title={pathOf(entry)}>
                  <button
                    type="button"
                    class="link"
                    onClick={() => choose({ layer: pathOf(entry) })}
                  >
                    {endOf(pathOf(entry), within) || '(no name)'}
                  </button>
                  {entry.type !== null && <span class="quiet small"> {entry.type}</span>}
                  {(entry.calls ?? 1) > 1 && (
                    <span class="quiet small"> ×{Number((entry.calls ?? 1).toFixed(1))}</span>
                  )}
                </th>
                <td class="layer-bar">
                  <Split entry={entry} by={by} scale={most} />
                </td>
                <td class="num one-line">
                  {by === 'time' ? formatMs(entry.total_ms) : formatBytes(entry.memory_bytes)}
                </td>
                <td class="num one-line">
                  {formatRatio(by === 'time' ? entry.time_share : entry.memory_share)}
                </td>
                {hasRanks && (
                  <td class="one-line">
                    <WorstRank entry={entry} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {more > 0 && (
        <p class="quiet small">
          {more === 1 ? 'One more layer' : `${formatCount(more)} more layers`}
        </p>
      )}
    </>
  )
}

function Split(props: {
  readonly entry: LayerCost
  readonly by: LayerMeasure
  readonly scale: number
}): VNode {
  const { entry, by, scale } = props
  return (
    <span class="phase-bar" aria-hidden="true">
      {partsOf(entry, by, scale).map(([name, percent]) => (
        <span key={name} class={name} style={{ width: `${percent}%` }} />
      ))}
    </span>
  )
}

function WorstRank({ entry }: { readonly entry: LayerEntry }): VNode {
  const { worst_rank: rank, skew_ratio: skew } = entry
  if (rank === null) return <span class="quiet">{UNKNOWN}</span>
  return (
    <>
      <button type="button" class="link" onClick={() => choose({ rank })}>
        r{rank}
      </button>
      {skew !== null && <span class="quiet small"> {formatSkew(skew)}</span>}
    </>
  )
}

const COLUMNS = [
  'Layer',
  'Type',
  'Share of time',
  'Forward',
  'Backward',
  'Parameters',
  'Outputs',
  'Gradients of outputs',
  'Slowest on rank',
]

/** Every layer with all its numbers, and what is in none. */
export function AllLayers({ profile }: { readonly profile: LayerProfile }): VNode {
  const { other, outside } = profile
  const rows = (): readonly (readonly string[])[] => [
    ...profile.entries.map((entry) => [
      pathOf(entry),
      entry.type ?? '',
      ...numbersOf(entry),
      entry.worst_rank === null ? UNKNOWN : String(entry.worst_rank),
    ]),
    ...(other === null
      ? []
      : [
          [
            other.layers === 1 ? '1 other layer' : `${other.layers} other layers`,
            '',
            ...numbersOf(other),
            '',
          ],
        ]),
    ...(outside === null
      ? []
      : [
          [
            'Outside of layers',
            '',
            formatRatio(outside.time_share),
            formatMs(outside.forward_ms),
            formatMs(outside.backward_ms),
          ],
        ]),
  ]
  return <TableView caption="Layers" columns={COLUMNS} rows={rows} />
}

function numbersOf(cost: LayerCost): readonly string[] {
  return [
    formatRatio(cost.time_share),
    formatMs(cost.forward_ms),
    formatMs(cost.backward_ms),
    formatBytes(cost.param_bytes),
    formatBytes(cost.forward_bytes),
    formatBytes(cost.backward_bytes),
  ]
}

function pathOf({ model, name }: LayerEntry): string {
  return model === null ? name : `${model}.${name}`
}

function isWithin(path: string, block: string): boolean {
  return block === '' || path === block || path.startsWith(`${block}.`)
}

function endOf(path: string, block: string): string {
  return block !== '' && path.startsWith(`${block}.`) ? path.slice(block.length + 1) : path
}
