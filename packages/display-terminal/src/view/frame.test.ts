import { defineRenderer, type LivePayload, type RenderTarget } from '@traceml/contracts'
import { checkRenderer, LIVE_FIXTURES, type LiveFixtureName, liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { displayWidth, stripColors } from '../text/measure.js'
import { drawFrame, type FrameInput } from './frame.js'
import type { LiveView } from './live-view.js'
import { helpPanel } from './panels/help.js'
import { layersPanel } from './panels/layers.js'
import { memoryPanel } from './panels/memory.js'
import { outputPanel } from './panels/output.js'
import { processPanel } from './panels/process.js'
import { progressPanel } from './panels/progress.js'
import { ranksPanel } from './panels/ranks.js'
import { resourcesPanel } from './panels/resources.js'
import { stepTimePanel } from './panels/step-time.js'
import { systemPanel } from './panels/system.js'
import { verdictPanel } from './panels/verdict.js'

const PANELS = [
  verdictPanel,
  progressPanel,
  stepTimePanel,
  ranksPanel,
  layersPanel,
  memoryPanel,
  systemPanel,
  processPanel,
  resourcesPanel,
  outputPanel,
  helpPanel,
]

function viewOf(name: LiveFixtureName, selectedRank: number | null = null): LiveView {
  const payload = liveFixture(name)
  return {
    ...payload,
    terminal: { selectedRank, output: { lines: payload.logs.lines, scrolledBack: 0 } },
  }
}

function draw(
  view: LiveView,
  size: Partial<RenderTarget> = {},
  input: Partial<FrameInput> = {},
): ReturnType<typeof drawFrame> {
  const footer = {
    pausedSeconds: null,
    silentSeconds: null,
    selectedRank: view.terminal.selectedRank,
    typedRank: '',
    page: null,
    hasSeveralRanks: view.ranks.length > 1,
  }
  return drawFrame(
    { view, panels: [], page: null, footer, notices: [], kept: new Map(), ...input },
    { columns: 80, rows: 24, color: false, interactive: true, ...size },
  )
}

test.each(PANELS)('the panel $id keeps the contract of renderers', (panel) => {
  checkRenderer(
    panel,
    LIVE_FIXTURES.flatMap((name) => [viewOf(name), viewOf(name, 1)]),
  )
})

const SIZES = [
  [20, 5],
  [40, 10],
  [80, 24],
  [100, 30],
  [120, 40],
  [200, 60],
  [300, 20],
] as const

test.each(LIVE_FIXTURES)('%s: a whole screen at every size, with and without colours', (name) => {
  for (const [columns, rows] of SIZES) {
    for (const selected of [null, 1]) {
      const view = viewOf(name, selected)
      const plain = draw(view, { columns, rows })
      const colored = draw(view, { columns, rows, color: true })
      expect(plain.errors.size).toBe(0)
      expect(plain.lines).toHaveLength(rows)
      for (const line of plain.lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
      // Colours change nothing but the glyphs of bars and charts.
      const words = (line: string) => stripColors(line).match(/[\w%.,:→]+/g)
      expect(colored.lines.map(words)).toEqual(plain.lines.map(words))
      expect(colored.lines.map(displayWidth)).toEqual(plain.lines.map(displayWidth))
    }
  }
})

test('8 ranks on 80 × 24', () => {
  expect(
    `\n${draw(viewOf('straggler'))
      .lines.map((line) => line.trimEnd())
      .join('\n')}\n`,
  ).toMatchInlineSnapshot(`
    "
    TraceML  llama-8gpu  1:00 · 8 ranks · ddp                                ● 0.6 s
    INPUT STRAGGLER  critical · high confidence · cost 27.1% · recurs 88.0%
    Rank 5 waits for input, and the other ranks wait for it: 27.1% of each step.
    → Look at the input pipeline of rank 5: storage, CPU and number of workers.
    step 250   3.10 steps/s   1585 samples/s
    Step time ────────────────────────────────────────────────────────────── ● 0.6 s
    median ▂▂▂▂▂▂▂▂▂█▂▂▁▂▁▁▂▂▂▁▂▁▂▂▁▂▂▂▂▂▂▂▂▂▂██▂▂▂▂▇▂▂▂▂▂▂▂▂  now 306.6 ms  ~ +0.4%
    ██████████████████▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▚▚▚▚▚▚··
    █ input 22%  ▓ h2d 2%  ▒ fwd 16%  ░ bwd 49%  ▚ opt 7%  · rest 3%
    Ranks ──────────────────────────────────────────────────────────────────────────
      rank  state  step  step ms  parts              input     h2d     fwd     bwd
    ▶ r5    ●       250    306.5  ██████▓▒▒░░░░░▚·   123.8     7.2    52.7    91.5
    ▲ r4    ●       250    323.1  ████▓▒▒░░░░░░░▚▚    71.7     7.1    53.1   159.8
      r0    ●       250    321.7  ████▓▒▒░░░░░░░▚·    72.3     7.3    52.9   157.9
      r1    ●       250    321.0  ████▓▒▒░░░░░░░▚·    71.7     7.2    53.0   158.0
      r2    ●       250    321.2  ████▓▒▒░░░░░░░▚·    72.2     7.2    52.0   158.8
      r3    ●       250    322.0  ████▓▒▒░░░░░░░▚·    72.4     7.2    52.9   158.1
      … 2 more; ↑↓ or a number to look at one
    Memory and hosts ─────────────────────────────────────────────────────── ● 0.6 s
    cpu 38%  ram 142.6/512.0 GiB · 8 gpus 48% to 93% · peak allocated 53.0 GiB r6 (…
    Output ─────────────────────────────────────────────────────────────────────────
    rank 2 step 250 loss 0.6353 lr 3.0e-4
    rank 3 step 250 loss 0.6353 lr 3.0e-4
    q leave  p pause  ↑↓ rank  tab panel  ? help  Ctrl-C stops the training
    "
  `)
})

test('one rank on 120 × 40', () => {
  const { lines } = draw(viewOf('single'), { columns: 120, rows: 40 })
  expect(`\n${lines.map((line) => line.trimEnd()).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    TraceML  resnet-baseline  1:00 · 1 rank                                                                          ● 0.6 s
    INPUT-BOUND  warning · medium confidence · input wait 24.0% · compute 69.0% · step 84.0 ms · steps 100
    Input wait takes 24.0% of the step.
    Input wait is worsening: ↑ +4.2% against the early part of the window.
    → Prefetch batches or use more loader workers.
    step 714 / 2,000   ██████████▊··················· 36%   11.1 steps/s   708 samples/s   ETA 1:56

    Step time ───────────────────────────────────────── ● 0.6 s  Step memory ─────────────────────────────────────── ● 0.6 s
    step ▂▁▁▁▁▁▁▁▁▁▁▁▁▁▂▁█▁▁▁▁▂▁▁█▁▁▂▁▁▁▁  now 88.3 ms  ~ +0.4%  peak allocated ▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃  52.8 GiB  ~ +0.1%
    214.7 ms │ ▆             ░          ░              ▇   ▆     cuda:0 ███████████████████▊·········· 66%  52.8/80.0 GiB
             │ ░             ░          ░              ░   ░     System ──────────────────────────────────────────── ● 0.6 s
             │ █             ▓          ▓              ▓   █     node              cpu                        ram  gpus
             │ █             █          █              █   █     n0 gpu-node-0  ●  ███▏····  38%  142.6/512.0 GiB  ▇ 79%
             │▂█▁ ▂▁▂▂▁▁▂▁▃ ▁█▂▂▂ ▂▂▂▁▁▂█ ▂▁▁▂▁▂▂▁▁▁▁▁▃█▂▂▃█▁▂▂  gpu   rank  use            memory         temp      power
             │░█░░░░░░░░░░░░░█░░░░░░░░░░█░░░░░░░░░░░░░░█░░░█░░░  gpu0  r0    ██████▍·  79%  56.7/80.0 GiB  72°C  445/700 W
             │▒█░░▒▒▒▒░▒▒▒▒▒░█▒░▒░▒▒▒░▒▒█▒▒░▒▒░▒▒▒▒▒▒▒▒█▒▒▒█▒▒▒  0 to 100% over the last 58 s
           0 │█████████████████████████████████████████████████  cpu         ▄▄▄▄▄▄▄▄▄▄▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄ 39%
              steps 615 to 714                                   ram         ▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃ 27%
    100 steps, GPU clock     mean  share                         gpu use     ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▆▇▇▇▇ 83%
    step time             90.3 ms                                gpu memory  ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ 74%
    █ input wait          26.5 ms    29%  █████▉··············   Process ─────────────────────────────────────────── ● 0.6 s
    ▓ copy to device       2.5 ms     3%  ▌···················   rank         cpu    memory       gpu used  reserved
    ▒ forward             18.5 ms    20%  ████▏···············   r0    1.18 cores  5.22 GiB  52.5/80.0 GiB  56.7 GiB
    ░ backward            32.0 ms    35%  ███████▏············
    ▚ optimizer            7.5 ms     8%  █▋··················
    · residual             3.4 ms     4%  ▊···················
    Output ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    rank 0 step 703 loss 0.2724 lr 3.0e-4
    rank 0 step 704 loss 0.2720 lr 3.0e-4
    rank 0 step 705 loss 0.2717 lr 3.0e-4
    rank 0 step 706 loss 0.2714 lr 3.0e-4
    rank 0 step 707 loss 0.2710 lr 3.0e-4
    rank 0 step 708 loss 0.2707 lr 3.0e-4
    rank 0 step 709 loss 0.2703 lr 3.0e-4
    rank 0 step 710 loss 0.2700 lr 3.0e-4
    rank 0 step 711 loss 0.2697 lr 3.0e-4
    rank 0 step 712 loss 0.2693 lr 3.0e-4
    rank 0 step 713 loss 0.2690 lr 3.0e-4
    rank 0 step 714 loss 0.2687 lr 3.0e-4
    q leave  p pause  tab panel  ? help  Ctrl-C stops the training
    "
  `)
})

test.each<[LiveFixtureName, readonly RegExp[]]>([
  ['stalled', [/STALLED {2}critical/, /Rank 3 has completed no step since step \d+/, /r3 +■ 30 s/]],
  ['lost_node', [/✕ lost 30 s$/m, /Node 2 is lost: its ranks 8, 9, 10, 11/, /r8 +✕ 30 s/]],
  ['waiting', [/waiting for telemetry/, /waiting for the first step/, /Step time ─+ ○ waiting/]],
  ['finalizing', [/writing the report/]],
  ['ended', [/✓ ended/]],
  ['watch', [/recording host and process/]],
  ['section_error', [/Step memory ─+ /, /! /]],
])('%s says so', (name, expected) => {
  const text = draw(viewOf(name), { columns: 110, rows: 40 }).lines.join('\n')
  for (const pattern of expected) expect(text).toMatch(pattern)
  expect(text).not.toMatch(/NaN|undefined|null/)
})

test('a run without steps has no panels of steps', () => {
  const text = draw(viewOf('watch'), { columns: 120, rows: 40 }).lines.join('\n')
  expect(text).not.toMatch(/Step time|Step memory/)
  expect(text).toMatch(/System .*\n/)
})

test('a selected rank is shown beside the others', () => {
  const text = draw(viewOf('straggler', 5), { columns: 120, rows: 40 }).lines.join('\n')
  expect(text).toMatch(/Step time · rank 5/)
  expect(text).toMatch(/clock +rank 5 +median +against it/)
  expect(text).toMatch(/Output · rank 5/)
})

test('what is not measured is n/a or absent, never zero', () => {
  const view = viewOf('cpu_only')
  const text = draw(view, { columns: 120, rows: 40 }).lines.join('\n')
  expect(text).not.toMatch(/copy to device/)
  expect(text).not.toMatch(/gpu0/)
})

test('hostile names and lines cannot leave their place', () => {
  const view = viewOf('hostile')
  const lines = draw(view, { columns: 120, rows: 40, color: true }).lines.map(stripColors)
  for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u)
})

const custom = (id: string, render: (payload: LivePayload) => readonly string[] | null) =>
  defineRenderer<LivePayload, readonly string[]>({
    apiVersion: 1,
    kind: 'renderer',
    id,
    surface: 'terminal',
    title: 'Loss',
    section: 'step_time',
    render,
  })

test('a panel of somebody else has its place, title and age', () => {
  const panel = custom('acme/loss', ({ progress }) => [`loss after ${progress.steps_completed}`])
  const { lines, errors } = draw(viewOf('single'), { columns: 120, rows: 40 }, { panels: [panel] })
  const text = lines.join('\n')
  expect(text).toMatch(/Loss ─+ ● 0\.6 s/)
  expect(text).toContain('loss after 714')
  expect(errors.size).toBe(0)
})

test('a panel that has nothing new to say stays as it is', () => {
  let answer: readonly string[] | null = ['first']
  const panel = custom('acme/loss', () => answer)
  const input = { panels: [panel], kept: new Map<string, readonly string[]>() }
  draw(viewOf('single'), { columns: 120, rows: 40 }, input)
  answer = null
  const { lines } = draw(viewOf('single'), { columns: 120, rows: 40 }, input)
  expect(lines.join('\n')).toContain('first')
})

test('a panel that throws shows its error in its place, the others are there', () => {
  const panel = custom('acme/broken', () => {
    throw new Error('no such\nloss \u001B[2J')
  })
  const { lines, errors } = draw(viewOf('single'), { columns: 120, rows: 40 }, { panels: [panel] })
  const text = lines.join('\n')
  expect(text).toContain('This panel failed: no such loss')
  expect(text).toMatch(/input wait/)
  expect([...errors]).toEqual([['acme/broken', 'no such loss']])
})

test('what a panel returns cannot move the cursor or run over its neighbour', () => {
  const panel = custom('acme/wild', () => ['\u001B[2Jgone', 'x'.repeat(500), 'a\nb'])
  const { lines } = draw(viewOf('single'), { columns: 120, rows: 40 }, { panels: [panel] })
  for (const line of lines) {
    expect(line).not.toMatch(/\p{Cc}/u)
    expect(displayWidth(line)).toBeLessThanOrEqual(120)
  }
})

test('a panel at full size, the help, and sentences above the keys', () => {
  const view = viewOf('straggler')
  const page = draw(view, {}, { page: ranksPanel }).lines.join('\n')
  expect(page).toMatch(/r7 +●/)
  expect(page).not.toMatch(/Step time ─/)
  expect(draw(view, { rows: 40 }, { page: helpPanel }).lines.join('\n')).toMatch(
    /Ctrl-C +stops the training/,
  )
  const noticed = draw(view, {}, { notices: ['The training goes on after SIGINT.'] }).lines
  expect(noticed.at(-2)).toBe('! The training goes on after SIGINT.')
})

test('a deep run on 80 × 24: the blocks of the model, what is outside, and what it costs', () => {
  const { lines } = draw(viewOf('deep'))
  const at = lines.findIndex((line) => line.startsWith('Layers'))
  expect(
    `\n${lines
      .slice(at, at + 6)
      .map((line) => line.trimEnd())
      .join('\n')}\n`,
  ).toMatchInlineSnapshot(`
    "
    Layers · costs 1.6% · 1 step in 20 · 144.0 ms a step · GPU clock ─────── ● 0.6 s
    layer                              time     ms   fwd   bwd    memory
    encoder (96 layers)  ▒▒▒▒░░░░░░░░   85%  122.7  45.0  77.7  2.99 GiB
    head                 ▒░              5%    7.9   2.9   5.0   189 MiB
    3 other layers       ▒░              1%    1.9   0.7   1.2  43.5 MiB
    outside of layers    ▒░              8%   11.5   4.2   7.3
    "
  `)
})

test('layers stand nowhere in a run without their profile', () => {
  for (const rows of [24, 60]) {
    expect(draw(viewOf('straggler'), { columns: 120, rows }).lines.join('\n')).not.toContain(
      'Layers',
    )
  }
})
