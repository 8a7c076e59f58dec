// Sends the steps of one rank as fast as they are taken. Arguments: port, number of steps.
import { once } from 'node:events'
import { connect } from 'node:net'
import process from 'node:process'
import { rankFrame } from './frames.mjs'

const STEPS_PER_FRAME = 500
const [port, count] = process.argv.slice(2).map(Number)
const socket = connect({ host: '127.0.0.1', port })
await once(socket, 'connect')
for (let first = 1; first <= count; first += STEPS_PER_FRAME) {
  const steps = Math.min(STEPS_PER_FRAME, count - first + 1)
  const frame = rankFrame({ rank: 0, world: 1, first, steps, memory: true })
  if (!socket.write(frame)) await once(socket, 'drain')
}
socket.end()
await once(socket, 'close')
