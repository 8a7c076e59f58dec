import { hasMembers, type Members } from '../library.js'

/** Bytes of one value by data type; what is not listed is not counted. */
const VALUE_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
}
/** How deep a result is searched for tensors. */
const MAX_DEPTH = 3

/** A tensor of the library: real values, not a symbol of them. */
export interface TensorLike {
  readonly id: number
  readonly size: number
  readonly dtype: string
}

/** True for tensors that hold values. */
export function isTensor(value: unknown): value is TensorLike & Members {
  return (
    hasMembers(value) &&
    value['dataId'] !== undefined &&
    typeof value['size'] === 'number' &&
    typeof value['id'] === 'number'
  )
}

/** True for variables of the library, which are tensors too. */
export function isVariable(value: unknown): value is TensorLike & Members {
  return isTensor(value) && typeof value['trainable'] === 'boolean'
}

/** Bytes of a tensor's values. */
export function bytesOf(tensor: TensorLike): number {
  return tensor.size * (VALUE_BYTES[tensor.dtype] ?? 0)
}

/** Calls `visit` for the tensors in a result: itself, in arrays and in plain objects. */
export function visitTensors(
  value: unknown,
  visit: (tensor: TensorLike) => void,
  depth: number = MAX_DEPTH,
): void {
  if (isTensor(value)) visit(value)
  else if (Array.isArray(value) && depth > 0) {
    for (const part of value) visitTensors(part, visit, depth - 1)
  } else if (isPlain(value) && depth > 0) {
    for (const part of Object.values(value)) visitTensors(part, visit, depth - 1)
  }
}

function isPlain(value: unknown): value is Members {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
