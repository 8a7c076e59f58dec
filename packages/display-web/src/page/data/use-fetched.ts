import { useEffect, useRef, useState } from 'preact/hooks'

/** What a question to the server has led to so far. */
export interface Fetched<Value> {
  /** The newest answer, also to an earlier question while a new one is under way. */
  readonly value: Value | null
  /** One sentence when the newest question failed. */
  readonly error: string | null
}

/**
 * Asks whenever `key` changes, and again whenever `version` changes, but at most every `pauseMs` and
 * never two at a time for one key.
 *
 * @param ask - Null: nothing is asked for, and there is no answer.
 */
export function useFetched<Value>(
  ask: ((signal: AbortSignal) => Promise<Value>) | null,
  options: { readonly key: string; readonly version: number; readonly pauseMs: number },
): Fetched<Value> {
  const { key, version, pauseMs } = options
  const [fetched, setFetched] = useState<Fetched<Value>>({ value: null, error: null })
  const asked = useRef({ key: '', atMs: Number.NEGATIVE_INFINITY, isBusy: false })
  const abort = useRef<AbortController | null>(null)
  const latest = useRef(ask)
  latest.current = ask
  const isWanted = ask !== null

  useEffect(() => () => abort.current?.abort(), [])
  // `version` asks again although nothing in here reads it.
  useEffect(() => {
    if (latest.current === null) return
    const isNew = asked.current.key !== key
    const run = (): void => {
      const question = latest.current
      if (question === null) return
      abort.current?.abort()
      const own = new AbortController()
      abort.current = own
      asked.current = { key, atMs: performance.now(), isBusy: true }
      question(own.signal).then(
        (value) => {
          if (own.signal.aborted) return
          asked.current.isBusy = false
          setFetched({ value, error: null })
        },
        (error: unknown) => {
          if (own.signal.aborted) return
          asked.current.isBusy = false
          const message = error instanceof Error ? error.message : String(error)
          setFetched((before) => ({ value: before.value, error: message }))
        },
      )
    }
    if (isNew) {
      run()
      return
    }
    if (asked.current.isBusy) return
    const wait = asked.current.atMs + pauseMs - performance.now()
    if (wait <= 0) {
      run()
      return
    }
    const timer = setTimeout(run, wait)
    return () => clearTimeout(timer)
  }, [key, version, pauseMs, isWanted])
  return fetched
}
