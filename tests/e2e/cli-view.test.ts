import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Screen } from './fixtures/cli/screen.ts'
import {
  aggregatorOf,
  fixture,
  isAlive,
  readManifest,
  readSummary,
  startNode,
  TRACEML,
  temporaryFolder,
  waitFor,
} from './fixtures/cli/support.ts'
import { NO_TERMINAL, openShell, openTraceml, type Terminal } from './fixtures/cli/terminal.ts'

const ranks = fixture('ranks.mjs')
const KEYS = /q leave/

function text(screen: Screen): string {
  return screen.rows().join('\n')
}

function isView(screen: Screen): boolean {
  return screen.isAlternate() && KEYS.test(text(screen))
}

/** The view with numbers of steps. */
function hasSteps(screen: Screen): boolean {
  return isView(screen) && /step [1-9]/.test(text(screen)) && /forward|fwd/.test(text(screen))
}

/** The screen from before, without a trace of the view. */
function expectGivenBack(screen: Screen): void {
  expect(screen.isAlternate()).toBe(false)
  expect(screen.scrollBottom()).toBe(screen.rows().length)
  expect(screen.everything().filter((row) => KEYS.test(row) || /^Step time ─/.test(row))).toEqual(
    [],
  )
}

async function press(terminal: Terminal, key: string, what: string, shown: RegExp): Promise<void> {
  terminal.type(key)
  await terminal.shows(what, (screen) => shown.test(text(screen)))
}

function run(...args: readonly string[]): readonly string[] {
  return ['run', '--mode', 'cli', '--interval', '0.5', '--run-name', 'x', ...args]
}

beforeEach((context) => {
  if (NO_TERMINAL !== null) context.skip(NO_TERMINAL)
})

test.each([
  [80, 24],
  [120, 40],
  [200, 60],
])(
  '%i × %i, one rank: the view, then the screen from before with output and report',
  async (columns, rows) => {
    using folder = temporaryFolder()
    const args = run('--total-steps', '300', ranks, '--steps', '300')
    using terminal = openTraceml(args, { cwd: folder.path, columns, rows })
    await terminal.shows('steps', hasSteps)
    await terminal.shows('the time left', (screen) =>
      /step \d+ \/ 300 .* steps\/s {3}ETA 0:\d\d/.test(text(screen)),
    )
    const shown = terminal.screen.rows()
    expect(shown).toHaveLength(rows)
    expect(shown[0]).toMatch(/^TraceML {2}x .*1 rank .*● \d/)
    expect(shown.join('\n')).toMatch(/Step time ─+ ● /)
    await terminal.shows('output', (screen) => /^rank 0 step \d+ done/m.test(text(screen)))
    expect(await terminal.end).toBe(0)
    expectGivenBack(terminal.screen)
    const lines = terminal.screen.everything()
    expect(lines.slice(0, 2)).toEqual(['rank 0 starts', 'rank 0 step 20 done'])
    expect(lines).toContain('rank 0 ends')
    expect(lines.join('\n')).toContain('TraceML Run Summary | x')
    const kept = readFileSync(join(folder.path, 'logs', 'x', 'rank_0', 'output.log'), 'utf8')
    expect(kept).toMatch(/rank 0 starts[\s\S]*\rrank 0 step 300 done +\nrank 0 ends\n$/)
  },
)

test.each([
  [80, 24],
  [120, 40],
  [200, 60],
])(
  '%i × %i, 8 ranks: every rank, the late one marked, selected, at full size',
  async (columns, rows) => {
    using folder = temporaryFolder()
    const args = run('--nproc-per-node', '8', ranks, '--late', '5', '--step-ms', '40')
    using terminal = openTraceml(args, { cwd: folder.path, columns, rows })
    await terminal.shows('the late rank marked', (screen) => /[▶▲] r5 /.test(text(screen)))
    await press(terminal, '5', 'rank 5', /Step time · rank 5[\s\S]*Output · rank 5/)
    await terminal.shows('its output only', (screen) => /^rank 5 \[?/m.test(text(screen)))
    expect(text(terminal.screen)).not.toMatch(/^r\d │/m)
    await press(terminal, '\t\t', 'the page of the ranks', /^Ranks ─[\s\S]*r0 +●[\s\S]*r7 +●/m)
    await press(terminal, '\u001B', 'everything again', /^r\d │ rank \d/m)
    terminal.type('\u0003')
    expect(await terminal.end).toBe(130)
    expectGivenBack(terminal.screen)
    expect(terminal.screen.everything().join('\n')).toContain('TraceML Run Summary | x')
  },
)

test('a progress bar that rewrites its line is one line', async () => {
  using folder = temporaryFolder()
  using terminal = openTraceml(run(ranks), { cwd: folder.path })
  await terminal.shows('a bar below a line', (screen) =>
    /^rank 0 step \d+ done\nrank 0 \[=+\]$/m.test(text(screen)),
  )
  expect(text(terminal.screen)).not.toMatch(/\]rank/)
})

test('q leaves: the training goes on, prints to the terminal again, the region stands in', async () => {
  using folder = temporaryFolder()
  using terminal = openTraceml(run(ranks, '--steps', '600'), { cwd: folder.path })
  await terminal.shows('steps', hasSteps)
  terminal.type('q')
  await terminal.shows('the region', (screen) =>
    screen.rows().some((row) => /^TraceML {2}\d+:\d\d/.test(row)),
  )
  expect(terminal.screen.isAlternate()).toBe(false)
  expect(await terminal.end).toBe(0)
  expectGivenBack(terminal.screen)
  const lines = terminal.screen.everything()
  const steps = lines.flatMap((line) => /^rank 0 step (\d+) done/.exec(line)?.[1] ?? []).map(Number)
  // From the first line that is there on, none is missing.
  expect(steps).toEqual(steps.map((_, index) => (steps[0] ?? 0) + 20 * index))
  expect(steps.at(-1)).toBe(600)
  expect(lines.join('\n')).toContain('TraceML Run Summary | x')
})

test('paused, everything stands still until it goes on', async () => {
  using folder = temporaryFolder()
  using terminal = openTraceml(run(ranks), { cwd: folder.path })
  await terminal.shows('steps', hasSteps)
  await press(terminal, 'p', 'the pause', /PAUSED 0:00/)
  const [header] = terminal.screen.rows()
  const output = (): readonly string[] =>
    terminal.screen.rows().filter((row) => /^rank 0 step/.test(row))
  const before = output()
  await terminal.shows('a pause of three seconds', (screen) => /PAUSED 0:03/.test(text(screen)))
  expect(terminal.screen.rows()[0]).toBe(header)
  expect(output()).toEqual(before)
  terminal.type('p')
  await terminal.shows('newer output', () => output().at(-1) !== before.at(-1))
})

test('help names every key, and goes away again', async () => {
  using folder = temporaryFolder()
  using terminal = openTraceml(run(ranks), { cwd: folder.path, columns: 100, rows: 30 })
  await terminal.shows('steps', hasSteps)
  await press(terminal, '?', 'help', /Help ─[\s\S]*Ctrl-C +stops the training/)
  await press(terminal, '?', 'the view', /Step time ─/)
})

test('a panel that throws costs its place only; another one works', async () => {
  using folder = temporaryFolder()
  const args = run('--panel', fixture('panels.mjs'), ranks, '--steps', '250')
  using terminal = openTraceml(args, { cwd: folder.path, columns: 120, rows: 40 })
  await terminal.shows('both panels', (screen) =>
    /1 rank\(s\) seen[\s\S]*This panel failed: no loss here/.test(text(screen)),
  )
  expect(await terminal.end).toBe(0)
  expectGivenBack(terminal.screen)
  const lines = terminal.screen.everything().join('\n')
  expect(lines).toContain('traceml: The panel "acme/throws" failed: no loss here.')
  expect(lines).toContain('TraceML Run Summary | x')
})

test('a view that fails is switched off, says so once, and the run goes on', async () => {
  using folder = temporaryFolder()
  const args = run('--panel', fixture('broken-panel.mjs'), ranks, '--steps', '300')
  using terminal = openTraceml(args, { cwd: folder.path, columns: 120, rows: 40 })
  await terminal.shows('why the view is gone', (screen) =>
    /The live view failed and is switched off, the run goes on: title is broken\./.test(
      screen.everything().join('\n'),
    ),
  )
  expect(terminal.screen.isAlternate()).toBe(false)
  expect(await terminal.end).toBe(0)
  expectGivenBack(terminal.screen)
  const lines = terminal.screen.everything().join('\n')
  expect(lines.match(/The live view failed/g)).toHaveLength(1)
  expect(lines).toContain('rank 0 ends')
  expect(lines).toContain('TraceML Run Summary | x')
})

test('Ctrl-Z gives screen and keys back, fg goes on with the view', async () => {
  using folder = temporaryFolder()
  using shell = openShell({ cwd: folder.path })
  shell.type(`traceml ${run(ranks).join(' ')}\n`)
  await shell.shows('steps', hasSteps)
  shell.type('\u001A')
  await shell.shows('the shell', (screen) => /Stopped/.test(text(screen)))
  expectGivenBack(shell.screen)
  shell.type('stty -a | tr ";" "\\n" | grep -o -- "-*icanon"\n')
  await shell.shows('the usual keys', (screen) => /^icanon$/m.test(text(screen)))
  shell.type('fg\n')
  await shell.shows('the view', hasSteps)
  shell.type('\u0003')
  await shell.shows('the report', (screen) => screen.everything().join('\n').includes('Ended:'))
  expectGivenBack(shell.screen)
})

test('a launcher that is killed: its aggregator gives screen and keys back, the training goes on', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  using shell = openShell({ cwd: folder.path })
  shell.type(`traceml ${run(ranks, '--steps', '400').join(' ')}\n`)
  await shell.shows('steps', hasSteps)
  const { pid } = await aggregatorOf(session)
  process.kill(Number(readManifest(session).launch['launcher_pid']), 'SIGKILL')
  await shell.shows('the screen from before', (screen) => !screen.isAlternate())
  shell.type('stty -a | tr ";" "\\n" | grep -o -- "-*icanon"\n')
  await shell.shows('the usual keys', (screen) => /^icanon$/m.test(text(screen)))
  await waitFor('the aggregator has ended', () => !isAlive(pid))
  expect(readSummary(session).text).toContain('TraceML Run Summary | x')
  expect(readFileSync(join(session, 'rank_0', 'output.log'), 'utf8')).toMatch(/rank 0 ends\n$/)
})

test('a window that is closed ends the training, with a report', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  using terminal = openTraceml(run(ranks), { cwd: folder.path })
  await terminal.shows('steps', hasSteps)
  const { pid } = await aggregatorOf(session)
  terminal.close()
  await waitFor('the aggregator has ended', () => !isAlive(pid))
  await waitFor('the manifest is complete', () => readManifest(session)['status'] === 'interrupted')
  expect(readManifest(session)['training_exit_code']).toBe(129)
})

test('on the terminal of a build server: lines, no cursor movement, the output as it is', async () => {
  using folder = temporaryFolder()
  let sent = ''
  const options = { cwd: folder.path, env: { CI: 'true' } }
  using terminal = openTraceml(run(ranks, '--steps', '300'), options)
  terminal.child.stdout?.on('data', (chunk: string) => {
    sent += chunk
  })
  expect(await terminal.end).toBe(0)
  expect(sent).toMatch(/\[traceml\] 0:\d\d, step \d+/)
  expect(sent).toContain('rank 0 step 300 done')
  // No screen of its own, no cursor that is moved.
  expect(sent.split('\u001B[').filter((part) => /^[?\d]*[;\d]*[hlHrAJK]/.test(part))).toEqual([])
})

test("without a terminal: lines on stderr, stdout is the training's alone", async () => {
  using folder = temporaryFolder()
  const command = startNode([TRACEML, ...run(ranks, '--steps', '300')], { cwd: folder.path })
  const end = await command.end
  expect(end.code).toBe(0)
  expect(end.stderr).toMatch(/^\[traceml\] 0:\d\d, step \d+, [\d.]+ steps\/s/m)
  expect(end.stdout.split('\n').at(-2)).toBe('rank 0 ends')
  expect(end.stdout).not.toContain('traceml]')
})
