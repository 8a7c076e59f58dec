// One rank of a training: a step every 50 ms, sent as an existing client sends it, until it is told
// to stop. Arguments: port, rank, world size, session.
import process from 'node:process'
import { createTelemetryClient } from '@traceml/transport'

const [port, rank, world] = process.argv.slice(2, 5).map(Number)
const sessionId = process.argv[5]
const client = createTelemetryClient({
  host: '127.0.0.1',
  port,
  sessionId,
  identity: { globalRank: rank },
  token: null,
})
const meta = {
  rank,
  global_rank: rank,
  local_rank: 0,
  world_size: world,
  local_world_size: 1,
  node_rank: rank,
  hostname: `host-${rank}`,
  pid: process.pid,
}
const ms = (value) => ({
  cpu: { is_gpu: false, duration_ms: value, cpu_ms: value, gpu_ms: null, n_calls: 1 },
})
const envelope = (sampler, table, row) => ({
  meta: { ...meta, sampler, timestamp: Date.now() / 1000 },
  body: { tables: { [table]: [row] } },
})
let step = 0
setInterval(() => {
  step += 1
  client.export([
    envelope('StepTimeSampler', 'StepTimeTable', {
      seq: step,
      timestamp: Date.now() / 1000,
      step,
      events: {
        '_traceml_internal:forward_time': ms(15),
        '_traceml_internal:step_time': ms(50),
      },
    }),
    envelope('ProcessSampler', 'ProcessTable', {
      seq: step,
      ts: Date.now() / 1000,
      cpu: 100,
      cpu_cores: 2,
      ram_used: 5,
      ram_total: 10,
    }),
  ])
}, 50)
