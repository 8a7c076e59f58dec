import { decodePayload } from '@traceml/codec'
import { createTelemetryServer } from '@traceml/transport'

/** One row as it arrived. */
type Row = Record<string, unknown>

/** The receiving end of a traced process: a real server that keeps what it is sent. */
export interface Receiver extends AsyncDisposable {
  readonly port: number
  readonly rows: Map<string, Row[]>
  readonly finished: Row[]
  /** `meta` of every envelope. */
  readonly metas: Row[]
  /** Names of the samplers of every frame. */
  readonly frames: string[][]
  /** Step numbers that arrived, in order. */
  steps(): number[]
  stop(): Promise<void>
}

export async function startReceiver(options: { token?: string } = {}): Promise<Receiver> {
  const rows = new Map<string, Row[]>()
  const finished: Row[] = []
  const metas: Row[] = []
  const frames: string[][] = []
  const server = createTelemetryServer({
    ...(options.token === undefined ? {} : { token: options.token }),
    onRead: (connection) => connection.acknowledge(connection.framesReceived),
    onFrame(_connection, payload) {
      const items = decodePayload(payload.slice()) as Row[]
      server.release(payload.length)
      const samplers: string[] = []
      for (const item of items) {
        if (item['_traceml_control'] === 'rank_finished') finished.push(item)
        if (item['body'] === undefined) continue
        const meta = item['meta'] as Row
        metas.push(meta)
        samplers.push(String(meta['sampler']))
        const { tables } = item['body'] as { tables: Record<string, Row[]> }
        for (const [table, more] of Object.entries(tables)) {
          rows.set(table, [...(rows.get(table) ?? []), ...more])
        }
      }
      if (samplers.length > 0) frames.push(samplers)
    },
  })
  await server.start()
  return {
    port: server.port,
    rows,
    finished,
    metas,
    frames,
    steps: () => (rows.get('StepTimeTable') ?? []).map((row) => Number(row['step'])),
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/** `1..count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** Waits until `condition` holds; fails after `seconds`. */
export async function until(condition: () => boolean, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
