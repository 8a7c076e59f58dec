type Method = (this: unknown, ...parameters: unknown[]) => unknown

/** An iterator, as far as loops use it. */
export interface IteratorParts {
  readonly next: Method
  readonly return?: Method | undefined
}

/**
 * What `for await` makes of a synchronous iterator: each value is awaited before it is handed out.
 * Made here, so that the wait for a value that is a promise can be measured.
 */
export function asyncFromSync(iterator: IteratorParts): AsyncIterator<unknown> {
  return {
    async next(...parameters) {
      return settled(Reflect.apply(iterator.next, iterator, parameters))
    },
    async return(value) {
      if (iterator.return === undefined) return { done: true, value: await value }
      return settled(Reflect.apply(iterator.return, iterator, [value]))
    },
  }
}

async function settled(result: unknown): Promise<IteratorResult<unknown>> {
  const { done, value } = result as IteratorResult<unknown>
  return { done: done === true, value: await value }
}
