import { useEffect, useReducer, useRef } from 'preact/hooks'

/** A value that changes, and who wants to know. */
export interface Store<Value> {
  get(): Value
  set(next: Value): void
  subscribe(listener: () => void): () => void
}

export function createStore<Value>(initial: Value): Store<Value> {
  const listeners = new Set<() => void>()
  let value = initial
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

/** What `select` reads from the store; the component is drawn again when that changes. */
export function useStore<Value, Selected>(
  store: Store<Value>,
  select: (value: Value) => Selected,
): Selected {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const selected = select(store.get())
  const latest = useRef({ select, selected })
  latest.current = { select, selected }
  useEffect(() => {
    const check = (): void => {
      const { select: read, selected: known } = latest.current
      if (!Object.is(read(store.get()), known)) redraw(undefined)
    }
    check()
    return store.subscribe(check)
  }, [store])
  return selected
}
