import type { JavaScriptVisibilityFact, StepRecorder } from '@traceml/contracts'
import { JAVASCRIPT_TOPIC } from '@traceml/contracts'
import { page } from './page-globals.js'

/** What becomes of the page. */
export interface PageEvents {
  /** It was hidden, and may never be shown again. */
  onHide(): void
  /** It is left for good. */
  onLeave(): void
}

type Recorder = Pick<StepRecorder, 'publish'> & { completedSteps(): number }

/**
 * Publishes whether the page is hidden, which makes browsers slow it down, and tells when it is
 * left. In a worker, which knows nothing of that, it does nothing.
 * @returns Ends it.
 */
export function watchPage(recorder: Recorder, events: PageEvents): () => void {
  const { document } = page
  if (document === undefined) return () => {}
  const publish = (): void => {
    const fact: JavaScriptVisibilityFact = {
      kind: 'visibility',
      hidden: document.visibilityState === 'hidden',
      at: Date.now() / 1000,
      step: recorder.completedSteps(),
    }
    recorder.publish(JAVASCRIPT_TOPIC, fact)
  }
  const onVisibility = (): void => {
    publish()
    if (document.visibilityState === 'hidden') events.onHide()
  }
  // A page that goes to the back-forward cache may come back; until then it trains no more.
  const onPageHide = ({ persisted }: { readonly persisted: boolean }): void => {
    if (persisted) events.onHide()
    else events.onLeave()
  }
  publish()
  document.addEventListener('visibilitychange', onVisibility)
  page.addEventListener?.('pagehide', onPageHide)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    page.removeEventListener?.('pagehide', onPageHide)
  }
}
