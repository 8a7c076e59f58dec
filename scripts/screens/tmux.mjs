import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const DEADLINE_MS = 120_000
let terminals = 0

function tmux(socket, ...args) {
  const { status, stdout, stderr, error } = spawnSync('tmux', ['-L', socket, ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`tmux ${args[0]} failed: ${error?.message ?? stderr}`)
  return stdout
}

/** A terminal of tmux with a shell; `close` ends it and everything in it. */
export function openTerminal({ columns, rows, cwd, env = {} }) {
  terminals += 1
  const socket = `traceml-screens-${process.pid}-${terminals}`
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const size = ['-x', String(columns), '-y', String(rows)]
  tmux(
    socket,
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    ...size,
    '-s',
    'main',
    '-c',
    cwd,
    ...variables,
    'bash --norc',
  )
  tmux(socket, 'set', '-g', 'status', 'off')
  const text = (...options) => tmux(socket, 'capture-pane', '-p', '-t', 'main', ...options)
  return {
    type: (keys) => tmux(socket, 'send-keys', '-t', 'main', '-l', keys),
    press: (...keys) => tmux(socket, 'send-keys', '-t', 'main', ...keys),
    /** What is visible, without colours. */
    text: () => text(),
    /** The same with colours. */
    colored: () => text('-e'),
    /** Resolves when what is visible satisfies the condition. */
    async shows(what, condition) {
      const end = performance.now() + DEADLINE_MS
      while (!condition(text())) {
        if (performance.now() > end)
          throw new Error(`The terminal never showed ${what}:\n${text()}`)
        await sleep(100)
      }
    },
    close: () => tmux(socket, 'kill-server'),
  }
}
