import type { LayerProfile } from '@traceml/contracts'
import { type LiveFixtureName, liveFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { type FlameNode, findNode, flameTree, layoutFlame, pathTo } from './flame-tree.js'

function profileOf(name: LiveFixtureName): LayerProfile {
  const { body } = liveFixture(name).sections.layers
  if (body === null) throw new Error('The fixture has no layers.')
  return body
}

function all(node: FlameNode): readonly FlameNode[] {
  return [node, ...node.children.flatMap(all)]
}

test.each([
  ['deep', 'time'],
  ['deep', 'memory'],
  ['hostile', 'time'],
  ['hostile', 'memory'],
] as const)('%s by %s: what a block is made of is never more than the block', (name, by) => {
  const nodes = all(flameTree(profileOf(name), by))
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length)
  for (const node of nodes) {
    if (node.children.length === 0) continue
    const sum = node.children.reduce((total, { size }) => total + size, 0)
    expect(sum).toBeLessThanOrEqual(node.size * 1.0001)
    expect(sum).toBeGreaterThan(node.size * 0.99)
  }
})

test('blocks are named by the end of their path, and found by the whole of it', () => {
  const root = flameTree(profileOf('deep'), 'time')
  expect(root.children.map(({ label }) => label)).toEqual([
    'embedding',
    'encoder',
    'head',
    'Outside of layers',
  ])
  const block = findNode(root, 'encoder.3.mlp')
  expect(pathTo(block).map(({ label }) => label)).toEqual(['Whole model', 'encoder', '3', 'mlp'])
  // What is gone is as good as what was around it.
  expect(findNode(root, 'encoder.3.gone.for.good').path).toBe('encoder.3')
  expect(findNode(root, 'nowhere')).toBe(root)
  expect(findNode(root, null)).toBe(root)
})

test('memory has no outside', () => {
  const kinds = flameTree(profileOf('deep'), 'memory').children.map(({ kind }) => kind)
  expect(kinds).not.toContain('outside')
})

test('blocks lie below what they are in, side by side, and no deeper than there is room', () => {
  const root = flameTree(profileOf('deep'), 'time')
  const blocks = layoutFlame(root, 3)
  expect(blocks[0]).toMatchObject({ row: 0, left: 0, width: 1 })
  expect(Math.max(...blocks.map(({ row }) => row))).toBe(2)
  for (const { node, row, left, width } of blocks.slice(1)) {
    const around = blocks.find((block) => block.node === node.parent)
    expect(around?.row).toBe(row - 1)
    expect(left).toBeGreaterThanOrEqual(around?.left ?? 1)
    expect(left + width).toBeLessThanOrEqual((around?.left ?? 0) + (around?.width ?? 0) + 1e-9)
  }
})

test('without any size there is only the model', () => {
  const empty = { ...profileOf('deep'), groups: [], outside: null, total_ms: 0 }
  expect(layoutFlame(flameTree(empty, 'time'), 4)).toHaveLength(1)
})
