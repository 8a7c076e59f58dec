/** Listeners for Ctrl-Z and for coming back. */
export interface Suspension {
  dispose(): void
}

/**
 * Calls `onSuspend` when the process is about to be stopped by its terminal, then lets it stop, and
 * `onResume` when it goes on. On Windows, which has neither, nothing is done.
 */
export function watchSuspension(callbacks: {
  readonly onSuspend: () => void
  readonly onResume: () => void
}): Suspension {
  if (process.platform === 'win32') return { dispose: () => {} }
  const suspend = (): void => {
    callbacks.onSuspend()
    // Without a listener the signal has its usual effect.
    process.off('SIGTSTP', suspend)
    process.kill(process.pid, 'SIGTSTP')
  }
  const resume = (): void => {
    if (process.listeners('SIGTSTP').includes(suspend)) return
    process.on('SIGTSTP', suspend)
    callbacks.onResume()
  }
  process.on('SIGTSTP', suspend)
  process.on('SIGCONT', resume)
  return {
    dispose: () => {
      process.off('SIGTSTP', suspend)
      process.off('SIGCONT', resume)
    },
  }
}
