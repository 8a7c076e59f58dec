import { formatFixed } from '@traceml/analysis'
import type { LayerCost, LayerGroup, LayerProfile } from '@traceml/contracts'
import { byteValue, timeValue } from './layer-values.js'
import { areaKey } from './plot.js'
import { type Html, html } from './tag.js'
import { grouped } from './values.js'

const ROW_HEIGHT = 34
const STRIP_HEIGHT = 6
/** Deeper groups are in the table. */
const MAX_ROWS = 8
/** Width that a page has room for, in pixels and in characters of a label. */
const PAGE_PX = 880
const CHARACTER_PX = 8
/** Labels with fewer characters say nothing. */
const MIN_CHARACTERS = 4
/** Boxes below this part of the width lose their label on a narrow screen. */
const NARROW_SHARE = 0.35
/** Groups that are read aloud. */
const SPOKEN = 5

interface Box {
  readonly label: string
  readonly path: string
  readonly row: number
  /** Parts of the whole width, 0 to 1. */
  readonly x: number
  readonly width: number
  /** Null: what is outside of layers. */
  readonly cost: LayerGroup | null
}

/**
 * The layers by their paths: a box is as wide as its time is long (its memory large, where there
 * are no times), and stands on the boxes of the parts that it consists of. Null without groups.
 */
export function layerIcicle(profile: LayerProfile): Html | null {
  const isTimed = profile.total_ms !== null
  const whole = (isTimed ? profile.total_ms : profile.memory_bytes) ?? 0
  const boxes = boxesOf(profile, isTimed, whole)
  if (boxes.length === 0) return null
  const rows = Math.max(...boxes.map(({ row }) => row)) + 1
  const title = isTimed
    ? `Where ${profile.backward_ms === null ? 'the forward pass goes' : 'forward and backward go'}, by layer`
    : 'Where memory is, by layer'
  const spoken = boxes
    .filter(({ row }) => row === 0)
    .toSorted((a, b) => b.width - a.width)
    .slice(0, SPOKEN)
    .map(({ path, width }) => `${path} ${formatFixed(100 * width, 0)}%`)
  return html`<figure class="layers"><figcaption>${title}</figcaption><svg class="icicle" role="img" aria-label="${title}: ${spoken.join(', ')}" width="100%" height="${rows * ROW_HEIGHT}">${boxes.map(
    (box) => drawBox(box, isTimed),
  )}</svg><ul class="keys">${
    isTimed
      ? html`${areaKey('p-forward', 'Forward')}${profile.backward_ms === null ? null : areaKey('p-backward', 'Backward')}`
      : areaKey('p-memory tint', 'Parameters, outputs and gradients')
  }${profile.outside === null ? null : areaKey('rest', 'Outside of layers')}</ul></figure>`
}

function boxesOf(profile: LayerProfile, isTimed: boolean, whole: number): readonly Box[] {
  if (!(whole > 0)) return []
  const sizeOf = (cost: Partial<LayerCost>): number =>
    Math.max(0, ((isTimed ? cost.total_ms : cost.memory_bytes) ?? 0) / whole)
  const boxes: Box[] = []
  /** Of every depth: where the next box begins, and where the one around it ends. */
  const next: number[] = [0]
  const ends: number[] = [1]
  const paths: string[] = ['']
  for (const group of profile.groups) {
    const { path, depth } = group
    if (depth >= MAX_ROWS) continue
    const x = Math.min(next[depth] ?? 0, ends[depth] ?? 1)
    const width = Math.min(sizeOf(group), (ends[depth] ?? 1) - x)
    boxes.push({
      label: innerPath(path, paths[depth] ?? ''),
      path,
      row: depth,
      x,
      width,
      cost: group,
    })
    next[depth] = x + width
    next[depth + 1] = x
    ends[depth + 1] = x + width
    paths[depth + 1] = path
  }
  const outside = profile.outside === null ? 0 : sizeOf(profile.outside)
  const x = Math.min(1, next[0] ?? 0)
  const label = 'Outside of layers'
  if (outside > 0 && boxes.length > 0) {
    boxes.push({ label, path: label, row: 0, x, width: Math.min(outside, 1 - x), cost: null })
  }
  return boxes
}

/** A path without that of the box around it. */
function innerPath(path: string, outer: string): string {
  return outer !== '' && path.startsWith(`${outer}.`) ? path.slice(outer.length + 1) : path
}

function drawBox({ label, path, row, x, width, cost }: Box, isTimed: boolean): Html {
  const text = labelOf(label, width)
  const fill = cost === null ? 'rest' : isTimed ? 'p-forward tint' : 'p-memory tint'
  const strip = cost === null || !isTimed ? null : passStrip(cost)
  return html`<svg x="${percent(x)}" y="${row * ROW_HEIGHT}" width="${percent(width)}" height="${ROW_HEIGHT}"><title>${path}: ${describe(cost, width)}</title><rect class="${fill}" width="100%" height="100%"/>${strip}<rect class="frame" width="100%" height="100%"/>${
    text === null
      ? null
      : html`<text class="${width < NARROW_SHARE ? 'roomy' : ''}" x="7" y="${(ROW_HEIGHT - STRIP_HEIGHT) / 2 + 4}">${text}</text>`
  }</svg>`
}

/** At the foot of a box: forward at the left, backward at the right, as long as they take. */
function passStrip({
  forward_ms: forward,
  backward_ms: backward,
  total_ms: total,
}: LayerGroup): Html {
  const share = total === null || total === 0 ? 0 : (forward ?? 0) / total
  const y = ROW_HEIGHT - STRIP_HEIGHT - 1
  return html`<rect class="p-forward" y="${y}" width="${percent(share)}" height="${STRIP_HEIGHT}"/>${(backward ?? 0) > 0 ? html`<rect class="p-backward" x="${percent(share)}" y="${y}" width="${percent(1 - share)}" height="${STRIP_HEIGHT}"/>` : null}`
}

function describe(cost: LayerGroup | null, width: number): Html {
  const share = `${grouped(100 * width, 1)}%`
  if (cost === null) return html`${share}`
  const layers = cost.layers > 1 ? `, ${cost.layers} layers` : ''
  return html`${share}, forward ${timeValue(cost.forward_ms)}, backward ${timeValue(cost.backward_ms)}, memory ${byteValue(cost.memory_bytes)}${layers}`
}

/** As much of a label as its box has room for, with the share where there is room for both. */
function labelOf(label: string, width: number): string | null {
  const room = Math.floor((width * PAGE_PX - 12) / CHARACTER_PX)
  const share = `${formatFixed(100 * width, 0)}%`
  if (label.length + share.length + 2 <= room) return `${label} · ${share}`
  if (label.length <= room) return label
  return room < MIN_CHARACTERS ? null : `…${label.slice(1 - room)}`
}

function percent(share: number): string {
  return `${formatFixed(100 * Math.max(0, Math.min(1, share)), 3)}%`
}
