import { hasMembers, isFunction, type Members } from '../library.js'

/** The part of a WebGL 2 context that is used, with the extension for timer queries. */
interface TimerContext {
  readonly QUERY_RESULT: number
  readonly QUERY_RESULT_AVAILABLE: number
  readonly CURRENT_QUERY: number
  createQuery(): object | null
  deleteQuery(query: object): void
  beginQuery(target: number, query: object): void
  endQuery(target: number): void
  getQuery(target: number, name: number): unknown
  getQueryParameter(query: object, name: number): unknown
  getParameter(name: number): unknown
  isContextLost(): boolean
  flush(): void
}

/** Measures spans of a GPU's work, one after another: two cannot be open at once. */
export interface WebGlTimer {
  /** Ends the open span, if any, and opens the next; null when the GPU's timer is not to be had. */
  next(): object | null
  /** Ends the open span without opening another. */
  end(): void
  /** Lets the GPU begin with what it was given, so that a wait that follows is seen as one. */
  flush(): void
  /** True when what was measured before this call may be wrong; asked once per look. */
  wasDisturbed(): boolean
  /** Milliseconds of a span, or null while it is not known; that of the newest is known last. */
  read(span: object): number | null
  release(span: object): void
}

/** Spans kept for use again. */
const MAX_FREE = 64

/**
 * The timer of the context that TensorFlow.js draws in, or null where there is none: WebGL 1, or a
 * browser that keeps `EXT_disjoint_timer_query_webgl2` to itself.
 */
export function findWebGlTimer(backend: unknown): WebGlTimer | null {
  const gpgpu = hasMembers(backend) ? backend['gpgpu'] : null
  const gl = hasMembers(gpgpu) ? gpgpu['gl'] : null
  if (!hasMembers(gl) || !isFunction(gl['beginQuery']) || !isFunction(gl['getExtension']))
    return null
  const extension: unknown = gl['getExtension'].call(gl, 'EXT_disjoint_timer_query_webgl2')
  if (!hasMembers(extension)) return null
  const { TIME_ELAPSED_EXT: elapsed, GPU_DISJOINT_EXT: disjoint } = extension as Members
  if (typeof elapsed !== 'number' || typeof disjoint !== 'number') return null
  return createTimer(gl as unknown as TimerContext, elapsed, disjoint)
}

function createTimer(gl: TimerContext, elapsed: number, disjoint: number): WebGlTimer {
  const free: object[] = []
  let open = false
  const end = (): void => {
    if (open) gl.endQuery(elapsed)
    open = false
  }
  return {
    next() {
      end()
      // Somebody else's query is open (`tf.time`), or the context is gone.
      if (gl.isContextLost() || gl.getQuery(elapsed, gl.CURRENT_QUERY) !== null) return null
      const query = free.pop() ?? gl.createQuery()
      if (query === null) return null
      gl.beginQuery(elapsed, query)
      open = true
      return query
    },
    end,
    flush: () => gl.flush(),
    wasDisturbed: () => gl.isContextLost() || gl.getParameter(disjoint) === true,
    read(span) {
      if (gl.getQueryParameter(span, gl.QUERY_RESULT_AVAILABLE) !== true) return null
      const nanoseconds: unknown = gl.getQueryParameter(span, gl.QUERY_RESULT)
      return typeof nanoseconds === 'number' ? nanoseconds / 1e6 : null
    },
    release(span) {
      if (free.length < MAX_FREE) free.push(span)
      else gl.deleteQuery(span)
    },
  }
}
