import type { JavaScriptCountersFact, JavaScriptFact } from '@traceml/contracts'

/** What only the host of the training knows: Node, a page, or a web worker. Nothing here throws. */
export interface HostSignals {
  readonly host: JavaScriptCountersFact['host']
  /** Folder or origin of the program, with its slash at the end: left away from call sites. */
  readonly root: string
  /** Memory that the training can still take, or null. */
  availableBytes(): number | null
  /** Called a few times a second between steps; publishes what is new through `publish`. */
  sample(nowMs: number, step: number, publish: (fact: JavaScriptFact) => void): void
  close(): void
}

/** The host where nobody knows more of it. */
export function plainHost(): HostSignals {
  const scope = globalThis as { document?: unknown; process?: { versions?: { node?: unknown } } }
  const isNode = scope.process?.versions?.node !== undefined
  return {
    host: isNode ? 'node' : scope.document === undefined ? 'worker' : 'page',
    root: '',
    availableBytes: () => null,
    sample: () => {},
    close: () => {},
  }
}
