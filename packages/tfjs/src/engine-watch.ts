import { type EngineLike, hasMembers, type Members, processEngine } from './library.js'

/** Name of the global property in which all copies of TensorFlow.js keep their common engine. */
const ENGINE_PROPERTY = '_tfengine'

/**
 * Calls `found` with the engine of this process: at once when there is one, else at the moment
 * when the first copy of the library creates it.
 * @returns What stops waiting and leaves the property as it would be without us.
 */
export function watchEngine(found: (engine: EngineLike) => void): () => void {
  const holder = globalThis as unknown as Members
  const present = processEngine()
  if (present !== null) {
    found(present)
    return () => {}
  }
  if (Object.hasOwn(holder, ENGINE_PROPERTY)) return () => {}
  Object.defineProperty(holder, ENGINE_PROPERTY, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(engine: unknown) {
      const descriptor = { value: engine, writable: true, enumerable: true, configurable: true }
      Object.defineProperty(holder, ENGINE_PROPERTY, descriptor)
      if (hasMembers(engine)) found(engine as EngineLike)
    },
  })
  return () => {
    const current = Object.getOwnPropertyDescriptor(holder, ENGINE_PROPERTY)
    if (current?.set !== undefined) Reflect.deleteProperty(holder, ENGINE_PROPERTY)
  }
}
