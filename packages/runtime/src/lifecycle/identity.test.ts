import { topologyOf } from '@traceml/samplers'
import { expect, test } from 'vitest'
import { resolveIdentity } from './identity.js'

const CASES: [string, string, string][] = [
  ['', '0,0,1,1,0', 'single_process'],
  [
    'RANK=2 LOCAL_RANK=2 WORLD_SIZE=4 LOCAL_WORLD_SIZE=4 GROUP_RANK=0',
    '2,2,4,4,0',
    'single_node_multi_process',
  ],
  ['RANK=5 LOCAL_RANK=1 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 GROUP_RANK=1', '5,1,8,4,1', 'multi_node'],
  ['RANK=3 WORLD_SIZE=4', '3,0,4,1,3', 'multi_node'],
  ['RANK=5 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4', '5,1,8,4,1', 'multi_node'],
  ['RANK=6 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 NODE_RANK=7', '6,2,8,4,7', 'multi_node'],
  ['RANK=6 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 NODE_RANK=7 GROUP_RANK=1', '6,2,8,4,1', 'multi_node'],
  ['RANK=x WORLD_SIZE=', '0,0,1,1,0', 'single_process'],
  ['RANK=-1 WORLD_SIZE=0 LOCAL_RANK=-3 LOCAL_WORLD_SIZE=0', '-1,0,1,1,0', 'single_process'],
  ['LOCAL_RANK=3', '0,3,1,1,0', 'single_process'],
  ['WORLD_SIZE=2', '0,0,2,1,0', 'multi_node'],
  ['RANK=\t4\n WORLD_SIZE=8', '4,0,8,1,4', 'multi_node'],
]

test.each(CASES)('%s', (text, numbers, topology) => {
  const pairs = text.split(' ').filter(Boolean)
  const env = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]))
  const identity = resolveIdentity(env)
  const { globalRank, localRank, worldSize, localWorldSize, nodeRank } = identity
  expect([globalRank, localRank, worldSize, localWorldSize, nodeRank].join()).toBe(numbers)
  expect(topologyOf(identity)).toBe(topology)
  expect(identity.pid).toBe(process.pid)
})
