export type { PageInitOptions } from '@traceml/runtime/browser'
export {
  finish,
  phase,
  traceStep,
  wrapBackward,
  wrapDataLoader,
  wrapForward,
  wrapH2D,
  wrapOptimizer,
} from '@traceml/runtime/browser'
export { instrument } from '@traceml/tfjs/browser'
export { init } from './init-page.js'
