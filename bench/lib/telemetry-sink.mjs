// A server that throws telemetry away, as a process of its own: acknowledges every frame, and
// counts the distinct steps and what the agents say they lost, from the decoded rows.
import { fork } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { decodePayload, normalizeEnvelope, splitBatch } from '@traceml/codec'
import { SAMPLER_NAMES } from '@traceml/contracts'
import { createTelemetryServer } from '@traceml/transport'

const SELF = fileURLToPath(import.meta.url)

/**
 * Starts the server.
 *
 * @returns {Promise<{ port: number, counts(): Promise<{ steps: number, dropped: number }>, stop(): void }>}
 *   `counts` covers what was received since the last call.
 */
export async function startSink() {
  const child = fork(SELF, [], { execArgv: [] })
  const { port } = await answer(child)
  return {
    port,
    counts() {
      child.send('counts')
      return answer(child)
    },
    stop: () => child.disconnect(),
  }
}

function answer(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the telemetry sink ended with ${code}`)))
  })
}

async function serve() {
  let payloads = []
  const server = createTelemetryServer({
    onFrame(connection, payload) {
      payloads.push({ connection: connection.id, payload: payload.slice() })
      server.release(payload.length)
    },
    onRead(connection) {
      connection.acknowledge(connection.framesReceived)
    },
  })
  await server.start()
  process.on('message', () => {
    process.send(count(payloads))
    payloads = []
  })
  process.once('disconnect', () => process.exit(0))
  process.send({ port: server.port })
}

function count(payloads) {
  const steps = new Set()
  let dropped = 0
  for (const { connection, payload } of payloads) {
    for (const item of splitBatch(decodePayload(payload)).items) {
      const envelope = normalizeEnvelope(item)
      const rows = (name) => envelope?.tables[name.table] ?? []
      for (const { step } of rows(SAMPLER_NAMES.stepTime)) steps.add(connection * 1e9 + step)
      for (const row of rows(SAMPLER_NAMES.agentStats)) {
        dropped = Math.max(dropped, row.steps_dropped ?? 0)
      }
    }
  }
  return { steps: steps.size, dropped }
}

if (process.argv[1] === SELF) await serve()
