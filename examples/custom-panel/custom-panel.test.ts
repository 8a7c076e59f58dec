import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LivePanelBlock, RenderTarget } from '@traceml/contracts'
import { createDashboard } from '@traceml/display-web'
import {
  checkRenderer,
  createLiveSourceFixture,
  LIVE_FIXTURES,
  liveFixture,
} from '@traceml/testing'
import costPanel, { createCostPanel } from './cost-panel.ts'
import spreadPanel from './spread-panel.ts'

const payloads = LIVE_FIXTURES.map((name) => liveFixture(name))

test('both keep the contract of a renderer, whatever the run', () => {
  checkRenderer(costPanel, payloads)
  checkRenderer(spreadPanel, payloads)
})

test('the cost is that of the GPUs, and unknown stays unknown', () => {
  const payload = liveFixture('straggler')
  const panel = createCostPanel({ usdPerGpuHour: 3600, usdPerNodeHour: 1 })
  const [figures, table] = panel.render(payload, {} as RenderTarget)?.blocks ?? []
  const seconds = payload.run.elapsed_s ?? 0
  assert.deepEqual((figures as Extract<LivePanelBlock, { kind: 'figures' }>).figures, [
    { label: 'an hour', value: '$28800.00', unit: null },
    { label: 'so far', value: `$${(seconds * 8).toFixed(2)}`, unit: null },
  ])
  const rows = (table as Extract<LivePanelBlock, { kind: 'table' }>).rows
  assert.equal(rows.length, 8)
  const waiting = panel.render(liveFixture('watch'), {} as RenderTarget)?.blocks[1]
  const [first] = (waiting as Extract<LivePanelBlock, { kind: 'table' }>).rows
  assert.deepEqual(first, ['r0', null, null])
})

test('the dashboard sends it to its page', async () => {
  const dashboard = createDashboard(createLiveSourceFixture('straggler'), { panels: [costPanel] })
  const answer = await dashboard.fetch(new Request('http://localhost/events'))
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('\ndata: {')) text += (await reader?.read())?.value ?? ''
  assert.match(text, /"id":"acme\/cost","title":"Cost","section":"step_time","view":\{"blocks":/)
  await reader?.cancel()
  dashboard.close()
})
