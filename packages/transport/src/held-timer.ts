/** A timer that keeps a Node process alive only while it is held. In a browser holding is nothing. @internal */
export interface HeldTimer {
  hold(held: boolean): void
  cancel(): void
}

/** The part of Node's timers that a browser's, which are numbers, do not have. */
interface NodeTimer {
  ref(): unknown
  unref(): unknown
}

/** Calls `run` once after `delayMs`. @internal */
export function startTimer(delayMs: number, held: boolean, run: () => void): HeldTimer {
  const timer = setTimeout(run, delayMs)
  const node = typeof timer === 'object' ? (timer as NodeTimer) : null
  if (!held) node?.unref()
  return {
    hold(wanted) {
      if (wanted) node?.ref()
      else node?.unref()
    },
    cancel: () => clearTimeout(timer),
  }
}
