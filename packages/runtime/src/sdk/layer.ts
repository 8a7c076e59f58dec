import { recordingRuntime } from '../active-runtime.js'
import type { LayerEntry, LayerModel } from '../layers/layer-entry.js'
import type { LayerCall, LayerRecorder } from '../layers/layer-library.js'
import { joinPath } from '../layers/layer-path.js'
import { describe, misuse } from './misuse.js'
import { isThenable } from './timing.js'

/** Any function; its signature is kept. */
type AnyFunction = (...args: never[]) => unknown

/**
 * Gives a layer that is written by hand a name in the deep profile (`traceml deep`): returns a
 * function that does what `fn` does. Layers called inside it are named after it (`block.attention`).
 * `fn` may be async; layers that run at the same time cannot be told apart. Outside of the deep
 * profile it only calls `fn`.
 *
 * @example
 * ```ts
 * const attention = layer('attention', (x) => softmax(x.matMul(wq)).matMul(wv))
 * const block = layer('block', (x) => attention(x).add(x))
 * optimizer.minimize(() => loss(block(batch)))
 * ```
 * @throws {InputError} `TRACEML_SDK_MISUSE` for an empty name or when `fn` is no function.
 */
export function layer<Fn extends AnyFunction>(name: string, fn: Fn): Fn {
  if (typeof fn !== 'function' || typeof name !== 'string' || name.trim() === '') {
    throw misuse(
      `layer was called with ${describe(name)} and ${describe(fn)}; give it a name and a function.`,
    )
  }
  const entries = createEntries(name)
  function measured(this: unknown, ...args: never[]): unknown {
    const layers = recordingRuntime()?.layers
    if (!layers?.sampling) return fn.apply(this, args)
    const call = begin(layers, entries, measured)
    if (call === null) return fn.apply(this, args)
    let output: unknown
    let pending = false
    try {
      output = fn.apply(this, args)
      pending = isThenable(output)
      return pending ? settle(layers, call, output as PromiseLike<unknown>) : output
    } finally {
      if (!pending) layers.exit(call, output)
    }
  }
  return Object.defineProperty(measured, 'name', { value: fn.name || name }) as unknown as Fn
}

/** The layer's place in each model and layer that it is called in. */
type Entries = (model: LayerModel, outer: LayerEntry | null) => LayerEntry | null

function createEntries(name: string): Entries {
  const known = new WeakMap<object, LayerEntry | null>()
  return (model, outer) => {
    const within = outer ?? model
    let entry = known.get(within)
    if (entry === undefined) {
      entry = model.entry(joinPath(outer?.path ?? null, name), null)
      known.set(within, entry)
    }
    return entry
  }
}

/** Never throws: a tool must not cost a call. */
function begin(layers: LayerRecorder, entries: Entries, target: object): LayerCall | null {
  try {
    const entry = layers.openCall(target)?.entry ?? newEntry(layers, entries)
    return entry === null ? null : layers.enter(entry, target)
  } catch {
    return null
  }
}

function newEntry(layers: LayerRecorder, entries: Entries): LayerEntry | null {
  const model = layers.currentModel ?? layers.modelOfNone()
  return model === null ? null : entries(model, layers.top?.entry ?? null)
}

async function settle(
  layers: LayerRecorder,
  call: LayerCall,
  work: PromiseLike<unknown>,
): Promise<unknown> {
  let output: unknown
  try {
    output = await work
    return output
  } finally {
    layers.exit(call, output)
  }
}
