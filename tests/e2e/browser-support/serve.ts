import { join } from 'node:path'
import { type RunningCommand, startTraceml, waitFor } from '../fixtures/cli/support.ts'

/** A `traceml serve --websocket` that runs. */
export interface ServedRun extends AsyncDisposable {
  readonly command: RunningCommand
  /** What it printed for `init`. */
  readonly url: string
  /** Folder of its session. */
  readonly session: string
  /** What it said so far. */
  said(): string
}

/** Starts a server for pages in `cwd`; resolves when it has printed its address. */
export async function serveRun(
  cwd: string,
  runName: string,
  flags: readonly string[] = [],
): Promise<ServedRun> {
  const command = startTraceml(
    [
      'serve',
      ...['--run-name', runName, '--aggregator-port', '0'],
      ...(flags.includes('--websocket-port') ? [] : ['--websocket-port', '0']),
      ...flags,
    ],
    { cwd },
  )
  let seen = ''
  command.child.stderr?.on('data', (text: string) => {
    seen += text
  })
  const address = /init\(\{ url: '(\S+)' \}\)/
  await waitFor('the address for pages is printed', () => address.test(seen), 60_000)
  const url = address.exec(seen)?.[1] ?? ''
  return {
    command,
    url,
    session: join(cwd, 'logs', runName),
    said: () => seen,
    async [Symbol.asyncDispose]() {
      if (command.child.exitCode === null) command.child.kill('SIGKILL')
      await command.end
    },
  }
}
