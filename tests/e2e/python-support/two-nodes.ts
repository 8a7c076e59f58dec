import { spawnSync } from 'node:child_process'

/** Two hosts with a cable between them, as network namespaces. */
export interface TwoNodes extends Disposable {
  /** Address of each node. */
  readonly addresses: readonly [string, string]
  /** Name of the network interface of every node. */
  readonly networkInterface: string
  /** What to put before a command so that it runs on a node. */
  on(node: 0 | 1): readonly [string, ...string[]]
}

/** Null where they cannot be made: not Linux, no `ip`, or not permitted. */
export function makeTwoNodes(): TwoNodes | null {
  const id = process.pid % 100_000
  const names = [`tml${id}a`, `tml${id}b`] as const
  const link = 'node0'
  const dispose = (): void => {
    for (const name of names) run(['netns', 'del', name])
  }
  const addresses = ['10.199.7.1', '10.199.7.2'] as const
  const made =
    names.every((name) => run(['netns', 'add', name])) &&
    run([
      ...['link', 'add', link, 'netns', names[0], 'type', 'veth'],
      ...['peer', 'name', link, 'netns', names[1]],
    ]) &&
    names.every(
      (name, node) =>
        run(['-n', name, 'addr', 'add', `${addresses[node]}/24`, 'dev', link]) &&
        run(['-n', name, 'link', 'set', link, 'up']) &&
        run(['-n', name, 'link', 'set', 'lo', 'up']),
    )
  if (!made) {
    dispose()
    return null
  }
  return {
    addresses,
    networkInterface: link,
    on: (node) => ['ip', 'netns', 'exec', names[node]],
    [Symbol.dispose]: dispose,
  }
}

function run(args: readonly string[]): boolean {
  return spawnSync('ip', [...args], { stdio: 'ignore' }).status === 0
}
