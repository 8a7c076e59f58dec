import type { RunFlags } from './run-flags.js'

/**
 * Options that go to torchrun as they are: the rendezvous flags, and what `--torchrun` was given,
 * in this order.
 */
export function torchrunOptions(flags: RunFlags): readonly string[] {
  const rendezvous = {
    rdzv_backend: flags.rdzvBackend,
    rdzv_endpoint: flags.rdzvEndpoint,
    rdzv_id: flags.rdzvId,
    rdzv_conf: flags.rdzvConf,
  }
  return [
    ...Object.entries(rendezvous).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    ),
    ...(flags.torchrun ?? []),
  ]
}
