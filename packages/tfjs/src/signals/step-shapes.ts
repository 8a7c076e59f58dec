import type { JavaScriptCountersFact, JavaScriptShape } from '@traceml/contracts'
import { hasMembers } from '../library.js'
import { shapeOf, sizeOf } from './kernel-work.js'

/** Operations of a step whose inputs tell its shape: the batch is among the first ones'. */
const OPERATIONS = 4
/** Shapes that are remembered; a run that has more is told by its counts. */
const MAX_SHAPES = 512
const MAX_SLOW_SHAPES = 8
/** So much slower than the usual step of its size is slow. */
const SLOW_RATIO = 3
/** Steps of known shapes before anything is called slow. */
const MIN_KNOWN = 3
const WARMUP_STEPS = 5

type ShapeCounts = Pick<
  JavaScriptCountersFact,
  | 'new_shape_steps'
  | 'new_shape_ms'
  | 'known_shape_steps'
  | 'known_shape_ms'
  | 'slow_shape_steps'
  | 'slow_shape_ms'
  | 'slow_shapes'
>

/** Which shapes the inputs of steps have, and what a new one costs. */
export interface StepShapes {
  /** True while operations of this step shall be noted. */
  readonly wanted: boolean
  note(inputs: unknown): void
  /** The step has ended; its computation took `ms`. */
  end(step: number, ms: number): void
  read(): ShapeCounts
}

/** Creates the shapes of no step. */
export function createStepShapes(): StepShapes {
  const hashes = new Set<number>()
  const texts = new Set<string>()
  const noted: (readonly number[])[] = []
  let left = OPERATIONS
  let newSteps = 0
  let newMs = 0
  let knownSteps = 0
  let knownMs = 0
  let knownElements = 0
  let slowSteps = 0
  let slowMs = 0
  let slow: JavaScriptShape[] = []

  /** The first shape that no step had before. */
  function nameNew(): string {
    let name = ''
    for (const shape of noted) {
      const text = `[${shape.join(',')}]`
      if (texts.has(text)) continue
      if (texts.size < MAX_SHAPES) texts.add(text)
      if (name === '') name = text
    }
    return name === '' ? 'known parts' : name
  }

  function addNew(step: number, ms: number, elements: number): void {
    const shape = nameNew()
    if (step <= WARMUP_STEPS || knownSteps < MIN_KNOWN) return
    newSteps += 1
    newMs += ms
    const larger = Math.max(1, elements / (knownElements / knownSteps))
    if (ms <= SLOW_RATIO * (knownMs / knownSteps) * larger) return
    slowSteps += 1
    slowMs += ms
    slow = [...slow, { shape, step, first_ms: ms }]
      .toSorted((a, b) => b.first_ms - a.first_ms)
      .slice(0, MAX_SLOW_SHAPES)
  }

  return {
    get wanted() {
      return left > 0
    },
    note(inputs) {
      left -= 1
      if (!hasMembers(inputs)) return
      for (const key in inputs) {
        const shape = shapeOf(inputs[key])
        if (shape.length > 0) noted.push(shape)
      }
    },
    end(step, ms) {
      if (noted.length > 0) {
        let hash = 17
        let elements = 0
        for (const shape of noted) {
          elements += sizeOf(shape)
          for (const length of shape) hash = (Math.imul(hash, 31) + length) | 0
          hash = Math.imul(hash, 37)
        }
        if (hashes.has(hash)) {
          if (step > WARMUP_STEPS) {
            knownSteps += 1
            knownMs += ms
            knownElements += elements
          }
        } else {
          if (hashes.size < MAX_SHAPES) hashes.add(hash)
          addNew(step, ms, elements)
        }
      }
      noted.length = 0
      left = OPERATIONS
    },
    read: () => ({
      new_shape_steps: newSteps,
      new_shape_ms: newMs,
      known_shape_steps: knownSteps,
      known_shape_ms: knownMs,
      slow_shape_steps: slowSteps,
      slow_shape_ms: slowMs,
      slow_shapes: slow,
    }),
  }
}
