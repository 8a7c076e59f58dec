import type { LivePanel, LivePanelView, LivePayload } from '@traceml/contracts'
import { checkRenderer, liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { type AnyPanel, terminalPanels } from './terminal-panels.js'

const VIEW: LivePanelView = {
  blocks: [
    { kind: 'lines', lines: ['two\nlines \u001B[2Jin one'] },
    {
      kind: 'figures',
      figures: [
        { label: 'fastest', value: 81.25, unit: 'ms' },
        { label: 'lost', value: null, unit: 'ms' },
        { label: 'share', value: 0.25, unit: 'ratio' },
      ],
    },
    {
      kind: 'table',
      columns: [
        { label: 'rank', unit: null },
        { label: 'memory', unit: 'bytes' },
      ],
      rows: [
        ['r0', 1024 ** 3],
        ['r1', null],
      ],
    },
    {
      kind: 'series',
      x_label: 'step',
      x: [1, 2, 3],
      unit: 'ms',
      series: [{ label: 'loss', values: [1, null, 3] }],
    },
  ],
}

const html = (id: string, view: LivePanelView | null = VIEW): LivePanel => ({
  apiVersion: 1,
  kind: 'renderer',
  id,
  surface: 'html',
  render: () => view,
})
const TARGET = { columns: 60, rows: 20, color: false, interactive: true }
const PAYLOAD = liveFixture('single') as LivePayload

test('a panel for the browser is drawn in the terminal, too', () => {
  const [panel] = terminalPanels([html('acme/both')])
  expect(panel!.render(PAYLOAD as never, TARGET)).toEqual([
    'two lines in one',
    'fastest 81.2 ms   lost n/a   share 25.0%',
    'rank    memory',
    'r0    1.00 GiB',
    'r1         n/a',
    'loss ▁ █  3.0 ms',
  ])
  checkRenderer(panel!, [PAYLOAD as never])
})

test('nothing new to say stays nothing new', () => {
  const [panel] = terminalPanels([html('acme/quiet', null)])
  expect(panel!.render(PAYLOAD as never, TARGET)).toBeNull()
})

test('a panel of the same id for the terminal is preferred; the order stays', () => {
  const own: AnyPanel = { ...html('acme/both'), surface: 'terminal', render: () => ['own'] }
  const panels = terminalPanels([html('acme/first'), html('acme/both'), own])
  expect(panels.map(({ id }) => id)).toEqual(['acme/first', 'acme/both'])
  expect(panels[1]!.render(PAYLOAD as never, TARGET)).toEqual(['own'])
})
