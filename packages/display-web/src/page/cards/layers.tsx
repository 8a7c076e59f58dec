import type { LayerProfile } from '@traceml/contracts'
import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { Flame } from '../charts/flame.js'
import { type FlameNode, findNode, flameTree, pathTo } from '../charts/flame-tree.js'
import { LAYER_PARTS } from '../charts/layer-parts.js'
import { usePayload } from '../data/use-payload.js'
import { formatBytes, formatCount, formatMs, formatRatio } from '../format/format.js'
import { Card, Nothing } from '../parts/card.js'
import { type Figure, Figures } from '../parts/figures.js'
import { useStore } from '../state/store.js'
import { choose, type LayerMeasure, uiState } from '../state/ui-state.js'
import { AllLayers, LargestLayers } from './layer-table.js'

const MEASURES: readonly (readonly [LayerMeasure, string])[] = [
  ['time', 'Time'],
  ['memory', 'Memory'],
]
/** What each layer of the model costs; nothing in a run that does not measure it. */
export function LayersCard(): VNode | null {
  const section = usePayload((payload) => payload.sections.layers)
  if (section === null || section.freshness.state === 'not_applicable') return null
  const { body, freshness } = section
  return (
    <Card
      id="layers"
      title={section.title}
      detail={body === null ? undefined : detailOf(body)}
      freshness={freshness}
      error={section.error}
      verdict={section.verdict}
    >
      {body === null || body.entries.length === 0 ? (
        section.error === null && <Nothing>{freshness.reason ?? 'No layers yet.'}</Nothing>
      ) : (
        <Layers profile={body} />
      )}
    </Card>
  )
}

function Layers({ profile }: { readonly profile: LayerProfile }): VNode {
  const chosen = useStore(uiState, (ui) => ui.layersBy)
  const path = useStore(uiState, (ui) => ui.layer)
  const by = profile.total_ms === null ? 'memory' : chosen
  const root = useMemo(() => flameTree(profile, by), [profile, by])
  const selected = findNode(root, path)
  // A layer is looked at among its neighbours.
  const top = selected.children.length > 0 ? selected : (selected.parent ?? selected)
  const [looked, setLooked] = useState<string | null>(null)
  const shown = nodeAt(root, looked) ?? selected
  const describe = (node: FlameNode): string => describeNode(node, root, by)
  const go = (node: FlameNode): void => {
    const block = node.kind === 'rest' || node.kind === 'outside' ? node.parent : node
    choose({ layer: block === null || block.kind === 'model' ? null : block.path })
  }
  return (
    <>
      <Figures figures={figuresOf(profile)} />
      {profile.notes.map((note) => (
        <p key={note} class="quiet small">
          {note}
        </p>
      ))}
      <div class="flame-bar">
        <Trail node={top} onChoose={go} />
        {profile.total_ms !== null && <MeasureSwitch by={by} />}
      </div>
      <Flame
        label={`Layers by ${by}: arrow keys move, Enter opens a block, Escape leaves it`}
        top={top}
        selected={selected.id}
        by={by}
        describe={describe}
        onChoose={go}
        onLook={(node) => setLooked(node?.id ?? null)}
      />
      <p class="readout flame-readout">{describe(shown)}</p>
      <ul class="legend">
        {LAYER_PARTS[by].map(([css, name]) => (
          <li key={css}>
            <span class={`swatch ${css}`} aria-hidden="true" /> {name}
          </li>
        ))}
      </ul>
      <LargestLayers profile={profile} within={top} by={by} />
      <AllLayers profile={profile} />
    </>
  )
}

function MeasureSwitch({ by }: { readonly by: LayerMeasure }): VNode {
  return (
    <fieldset class="toolbar">
      <legend class="unseen">Sizes of the layers</legend>
      {MEASURES.map(([measure, name]) => (
        <button
          key={measure}
          type="button"
          aria-pressed={by === measure}
          onClick={() => choose({ layersBy: measure })}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

/** The blocks around the one on top, and the way back. */
function Trail(props: {
  readonly node: FlameNode
  readonly onChoose: (node: FlameNode) => void
}): VNode {
  const nodes = pathTo(props.node)
  return (
    <nav aria-label="Blocks of the model">
      <ol class="trail">
        {nodes.map((node) => (
          <li key={node.id}>
            {node === props.node ? (
              <b aria-current="location">{node.label || '(no name)'}</b>
            ) : (
              <button type="button" class="link" onClick={() => props.onChoose(node)}>
                {node.label || '(no name)'}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

function nodeAt(root: FlameNode, id: string | null): FlameNode | null {
  if (id === null) return null
  if (root.id === id) return root
  for (const child of root.children) {
    const found = nodeAt(child, id)
    if (found !== null) return found
  }
  return null
}

/** `encoder.0 · 8 layers · 12.3 ms (8.5 %) · forward 4.1 ms, backward 8.2 ms`. */
function describeNode(node: FlameNode, root: FlameNode, by: LayerMeasure): string {
  const { cost, kind, label, layers, path, size } = node
  const share = root.size > 0 ? ` (${formatRatio(size / root.size)})` : ''
  const amount = by === 'time' ? formatMs(size) : formatBytes(size)
  const parts = [
    kind === 'block' ? path || '(no name)' : label,
    ...(kind === 'rest' && node.parent?.kind === 'block' ? [`of ${node.parent.path}`] : []),
    ...(layers !== null && layers > 1 ? [`${formatCount(layers)} layers`] : []),
    kind === 'model' ? amount : `${amount}${share}`,
  ]
  if (cost !== null && by === 'time') {
    parts.push(`forward ${formatMs(cost.forward_ms)}`, `backward ${formatMs(cost.backward_ms)}`)
  }
  if (cost !== null && by === 'memory') {
    parts.push(`parameters ${formatBytes(cost.param_bytes)}`)
    if (cost.forward_bytes !== undefined) parts.push(`outputs ${formatBytes(cost.forward_bytes)}`)
    if (cost.backward_bytes !== undefined) {
      parts.push(`their gradients ${formatBytes(cost.backward_bytes)}`)
    }
    if (cost.trainable_bytes === 0 && cost.param_bytes !== 0) parts.push('not trained')
  }
  return parts.join(' · ')
}

function detailOf({ clock, steps_sampled: steps, device }: LayerProfile): string {
  const parts = [
    `${formatCount(steps)} sampled ${steps === 1 ? 'step' : 'steps'}`,
    clock === null ? null : `${clock === 'gpu' ? 'device' : 'host'} clock`,
    device,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

function figuresOf(profile: LayerProfile): readonly Figure[] {
  const { every, cost_ratio: ratio, sampled_step_cost_ms: costMs } = profile.cost
  const times: readonly Figure[] =
    profile.total_ms === null
      ? []
      : [
          { label: 'Forward and backward', value: formatMs(profile.total_ms), note: 'a step' },
          { label: 'Forward', value: formatMs(profile.forward_ms) },
          { label: 'Backward', value: formatMs(profile.backward_ms) },
        ]
  return [
    ...times,
    { label: 'Parameters', value: formatBytes(profile.param_bytes) },
    {
      label: 'Cost of measuring',
      value: ratio !== null && ratio > 0 && ratio < 0.001 ? '< 0.1 %' : formatRatio(ratio),
      note: [
        every === null ? null : every === 1 ? 'every step' : `1 step in ${formatCount(every)}`,
        costMs === null ? null : `${formatMs(costMs)} each`,
      ]
        .filter((part) => part !== null)
        .join(', '),
    },
  ]
}
