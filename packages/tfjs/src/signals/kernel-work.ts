import { hasMembers } from '../library.js'

/** Multiply-adds of one operation of the library, as far as its shapes say; 0 for cheap ones. */
export function multiplyAdds(
  name: unknown,
  inputs: unknown,
  attrs: unknown,
  result: unknown,
): number {
  if (typeof name !== 'string' || !hasMembers(inputs)) return 0
  if (name === 'BatchMatMul' || name === '_FusedMatMul') {
    const transposed = hasMembers(attrs) && attrs['transposeB'] === true
    const [a, b] = [shapeOf(inputs['a']), shapeOf(inputs['b'])]
    const columns = b.at(transposed ? -2 : -1) ?? 0
    return Math.max(sizeOf(a), batchOf(b) * rowsOf(a)) * columns
  }
  if (name === 'Conv2D' || name === 'FusedConv2D')
    return window(inputs['filter'], 3) * outOf(result)
  if (name === 'DepthwiseConv2dNative' || name === 'FusedDepthwiseConv2D')
    return window(inputs['filter'], 2) * outOf(result)
  if (name === 'Conv2DBackpropInput') return window(inputs['filter'], 3) * outOf(inputs['dy'])
  if (name === 'Conv2DBackpropFilter') {
    const shape = hasMembers(attrs) ? attrs['filterShape'] : null
    return window({ shape }, 3) * outOf(inputs['dy'])
  }
  return 0
}

/** The shape of what may be a tensor; empty for anything else. */
export function shapeOf(tensor: unknown): readonly number[] {
  const shape = hasMembers(tensor) ? tensor['shape'] : null
  return Array.isArray(shape) ? (shape as readonly number[]) : []
}

/** Elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (let index = 0; index < shape.length; index += 1) size *= shape[index] as number
  return size
}

/** Elements of one matrix, and how many matrices there are. */
function rowsOf(shape: readonly number[]): number {
  return sizeOf(shape.slice(-2))
}

function batchOf(shape: readonly number[]): number {
  return sizeOf(shape.slice(0, -2))
}

/** Products for one output value: the filter's height, width and, for `dimensions` 3, its inputs. */
function window(filter: unknown, dimensions: 2 | 3): number {
  const shape = shapeOf(filter)
  return shape.length === 4 ? sizeOf(shape.slice(0, dimensions)) : 0
}

function outOf(result: unknown): number {
  const shape = shapeOf(Array.isArray(result) ? result[0] : result)
  return shape.length === 0 ? 0 : sizeOf(shape)
}
