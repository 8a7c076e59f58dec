import type { JavaScriptContext } from './context.js'
import { msText } from './words.js'

/** What is said where no rule found anything. */
export interface CalmText {
  readonly summary: string
  readonly action: string
}

/** There is nothing to judge. */
export const NO_DATA_TEXT: CalmText = {
  summary: 'No JavaScript runtime told of this training.',
  action: 'Nothing to do; these findings are for TensorFlow.js in Node and in pages.',
}

/** Too few steps after the warm-up. */
export function warmupText(steps: number, wanted: number): CalmText {
  return {
    summary: `${steps} of ${wanted} steps after the warm-up that a judgement needs.`,
    action: 'Run longer.',
  }
}

/** No rule found anything. */
export function normalText({ ranks }: JavaScriptContext): CalmText {
  const [first] = ranks
  const trend = first?.trend ?? null
  const facts = [
    ...(trend === null ? [] : [`live tensors ${trend.first} to ${trend.last}`]),
    ...(first?.readShare == null
      ? []
      : [`${(100 * first.readShare).toFixed(1)}% waiting for results`]),
    ...(first?.garbageShare == null
      ? []
      : [`${(100 * first.garbageShare).toFixed(1)}% garbage collection`]),
    ...(first?.row.loop == null ? [] : [`longest block ${msText(first.row.loop.longest_ms)}`]),
  ]
  return {
    summary: `The JavaScript runtime does its part${facts.length === 0 ? '' : `: ${facts.join(', ')}`}.`,
    action: 'Nothing to do.',
  }
}
