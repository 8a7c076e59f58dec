import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Screen } from './fixtures/cli/screen.ts'
import {
  aggregatorOf,
  fixture,
  isAlive,
  readManifest,
  readSummary,
  temporaryFolder,
  waitFor,
} from './fixtures/cli/support.ts'
import { NO_TERMINAL, openShell, openTraceml } from './fixtures/cli/terminal.ts'

const prints = fixture('prints.mjs')
const LIVE = /^TraceML {2}\d+:\d\d/

function isLive(screen: Screen): boolean {
  return screen.rows().some((row) => LIVE.test(row)) && screen.scrollBottom() < screen.rows().length
}

/** Nothing of the live view is left, and the whole screen scrolls again. */
function expectGivenBack(screen: Screen): void {
  expect(screen.scrollBottom()).toBe(screen.rows().length)
  expect(screen.everything().filter((row) => LIVE.test(row) || /^[▒░▓]/.test(row))).toEqual([])
}

function stepLines(steps: number): readonly string[] {
  return Array.from({ length: steps }, (_, index) => `step ${index + 1} of ${steps}`)
}

beforeEach((context) => {
  if (NO_TERMINAL !== null) context.skip(NO_TERMINAL)
})

test.each([
  [80, 24],
  [120, 40],
  [60, 20],
])(
  '%i columns and %i rows: what the training prints is complete and in order',
  async (columns, rows) => {
    using folder = temporaryFolder()
    const args = ['run', '--run-name', 'x', prints, '--steps', '150']
    using terminal = openTraceml(args, { cwd: folder.path, columns, rows })
    await terminal.shows('the live view', isLive)
    expect(await terminal.end).toBe(0)
    expectGivenBack(terminal.screen)
    const lines = terminal.screen.everything()
    expect(lines.slice(0, 151)).toEqual([...stepLines(150), 'training done'])
    expect(lines.join('\n')).toContain('TraceML Run Summary | x')
    // A card wider than the terminal is set anew, not cut into pieces.
    expect(lines.filter((line) => /^[^|+]*\|$/.test(line))).toEqual([])
    expect(lines.join('\n')).toContain('Written: logs/x/final_summary.json')
  },
)

test('a progress bar that is drawn again and again stays one line', async () => {
  using folder = temporaryFolder()
  using terminal = openTraceml(['run', prints, '--style', 'bar'], { cwd: folder.path })
  await terminal.shows('the live view', isLive)
  expect(await terminal.end).toBe(0)
  expectGivenBack(terminal.screen)
  expect(terminal.screen.everything().slice(0, 2)).toEqual(['step  150 [=======]', 'training done'])
})

test('before the first step the view says that it waits, and claims no rate', async () => {
  using folder = temporaryFolder()
  const args = ['run', prints, '--wait-ms', '1500', '--steps', '60']
  using terminal = openTraceml(args, { cwd: folder.path })
  await terminal.shows('that it waits', (screen) =>
    screen.rows().some((row) => /^TraceML {2}0:0\d {2}waiting for the first step$/.test(row)),
  )
  expect(terminal.screen.rows().join('\n')).not.toMatch(/n\/a|step 0/)
  await terminal.shows('the first step', (screen) =>
    screen.rows().some((row) => /^TraceML .* step [1-9]/.test(row)),
  )
  expect(await terminal.end).toBe(0)
})

test('what is typed reaches the training', async () => {
  using folder = temporaryFolder()
  using terminal = openTraceml(['run', fixture('echo.mjs')], { cwd: folder.path })
  terminal.type('hello\n\u0004')
  expect(await terminal.end).toBe(3)
  expect(terminal.screen.everything().join('')).toContain('"stdin":"hello\\n"')
})

test.each<[string, string[], { TERM?: string }]>([
  ['--no-live', ['--no-live'], {}],
  ['TERM=dumb', [], { TERM: 'dumb' }],
])('%s: nothing is drawn, the report is there', async (_name, flags, env) => {
  using folder = temporaryFolder()
  let sent = ''
  const args = ['run', ...flags, '--run-name', 'x', prints]
  using terminal = openTraceml(args, { cwd: folder.path, env })
  terminal.child.stdout?.on('data', (text: string) => {
    sent += text
  })
  expect(await terminal.end).toBe(0)
  expect(sent).toContain('TraceML Run Summary | x')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with ESC.
  const colors = /\u001B\[[0-9;]*m/g
  // Colours move nothing; a terminal that knows nothing gets none.
  expect(env.TERM === 'dumb' ? sent : sent.replaceAll(colors, '')).not.toContain('\u001B')
})

test('NO_COLOR: drawn without colours', async () => {
  using folder = temporaryFolder()
  let sent = ''
  using terminal = openTraceml(['run', prints], { cwd: folder.path, env: { NO_COLOR: '1' } })
  terminal.child.stdout?.on('data', (text: string) => {
    sent += text
  })
  await terminal.shows('the live view', isLive)
  expect(await terminal.end).toBe(0)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with ESC.
  expect(sent).not.toMatch(/\u001B\[[0-9;]*m/)
})

test.each([
  ['asynchronous', []],
  ['synchronous', ['--sync']],
])('Ctrl-C in an %s loop: 130, a report, the screen given back', async (_name, flags) => {
  using folder = temporaryFolder()
  const args = ['run', '--run-name', 'x', prints, ...flags, '--style', 'none', '--steps', '9999']
  using terminal = openTraceml(args, { cwd: folder.path })
  await terminal.shows('some steps', (screen) =>
    screen.rows().some((row) => /^TraceML .* step [1-9]/.test(row)),
  )
  terminal.type('\u0003')
  expect(await terminal.end).toBe(130)
  expectGivenBack(terminal.screen)
  const shown = terminal.screen.everything().join('\n')
  expect(shown).toContain('TraceML Run Summary | x')
  expect(shown).toContain('Ended:   interrupted by SIGINT; the report covers what came before')
  expect(readManifest(join(folder.path, 'logs', 'x'))['status']).toBe('interrupted')
})

test.each<[NodeJS.Signals, number]>([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
])('%s to everybody in the terminal: a report, the screen given back', async (signal, code) => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const args = ['run', '--run-name', 'x', prints, '--style', 'none', '--steps', '9999']
  using terminal = openTraceml(args, { cwd: folder.path })
  await terminal.shows('the live view', isLive)
  process.kill(-launcherOf(session), signal)
  expect(await terminal.end).toBe(code)
  expectGivenBack(terminal.screen)
  expect(terminal.screen.everything().join('\n')).toContain(`Ended:   interrupted by ${signal}`)
})

function launcherOf(session: string): number {
  return Number(readManifest(session).launch['launcher_pid'])
}

test('a launcher that is killed: its aggregator gives the screen back and completes the folder', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  using shell = openShell({ cwd: folder.path })
  shell.type(`traceml run --run-name x ${prints} --style none --steps 300\n`)
  await shell.shows('the live view', isLive)
  const { pid } = await aggregatorOf(session)
  process.kill(launcherOf(session), 'SIGKILL')
  await shell.shows('a screen that scrolls', (screen) => screen.scrollBottom() === 24)
  expectGivenBack(shell.screen)
  await waitFor('the aggregator has ended', () => !isAlive(pid))
  expect(readSummary(session).text).toContain('TraceML Run Summary | x')
  expect(readManifest(session)['status']).toBe('interrupted')
})

test('Ctrl-Z gives the screen back, bg leaves it alone, fg draws again', async () => {
  using folder = temporaryFolder()
  using shell = openShell({ cwd: folder.path })
  const count = join(folder.path, 'count')
  shell.type(`traceml run --run-name x ${prints} --style none --steps 9999 --count ${count}\n`)
  await shell.shows('the live view', isLive)
  const steps = (): number => (existsSync(count) ? Number(readFileSync(count, 'utf8')) : 0)
  await waitFor('the training runs', () => steps() > 0)
  shell.type('\u001A')
  await shell.shows('the shell', (screen) => screen.everything().join('\n').includes('Stopped'))
  expectGivenBack(shell.screen)
  shell.type('bg\n')
  const stopped = steps()
  // Long enough for several drawings.
  await waitFor('the run goes on', () => steps() > stopped + 150)
  expectGivenBack(shell.screen)
  shell.type('fg\n')
  await shell.shows('the live view', isLive)
  shell.type('\u0003')
  await shell.shows('the report', (screen) => screen.everything().join('\n').includes('Ended:'))
  expectGivenBack(shell.screen)
})

test('a window that is closed ends the training, with a report', async () => {
  using folder = temporaryFolder()
  const session = join(folder.path, 'logs', 'x')
  const args = ['run', '--run-name', 'x', prints, '--style', 'none', '--steps', '9999']
  using terminal = openTraceml(args, { cwd: folder.path })
  await terminal.shows('the live view', isLive)
  const { pid } = await aggregatorOf(session)
  terminal.close()
  await waitFor('the aggregator has ended', () => !isAlive(pid))
  expect(readSummary(session).text).toContain('TraceML Run Summary | x')
  await waitFor('the manifest is complete', () => readManifest(session)['status'] === 'interrupted')
  expect(readManifest(session)['training_exit_code']).toBe(129)
})
