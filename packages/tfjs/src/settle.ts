import { isThenable } from './library.js'

/**
 * Runs what may be asynchronous and reports once when and how it ended. What `run` throws or rejects
 * with reaches the caller as it would without us, also when nobody handles it.
 */
export function settle(run: () => unknown, ended: (succeeded: boolean) => void): unknown {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    ended(false)
    throw error
  }
  if (!isThenable(result)) {
    ended(true)
    return result
  }
  return result.then(
    (value) => {
      ended(true)
      return value
    },
    (error: unknown) => {
      ended(false)
      throw error
    },
  )
}
