import type {
  JavaScriptFact,
  JsonObject,
  RankCondition,
  RankStateMessage,
} from '@traceml/contracts'
import { JAVASCRIPT_TOPIC } from '@traceml/contracts'

/**
 * Makes what tells the server at once, and not only in the report, what is in the way of this
 * page's training: that it is hidden, or has lost its GPU.
 *
 * @returns Takes every published fact.
 */
export function createConditionTeller(
  globalRank: number,
  send: (message: RankStateMessage) => void,
): (topic: string, fact: JsonObject) => void {
  let isHidden = false
  let isLost = false
  let told: RankCondition | null = null
  return (topic, fact) => {
    if (topic !== JAVASCRIPT_TOPIC) return
    const known = fact as JavaScriptFact
    if (known.kind !== 'visibility' && known.kind !== 'context_lost') return
    if (known.kind === 'visibility') isHidden = known.hidden
    else isLost = true
    const condition = isLost ? 'context_lost' : isHidden ? 'page_hidden' : null
    if (condition === told) return
    told = condition
    send({
      _traceml_control: 'rank_state',
      global_rank: globalRank,
      condition,
      step: known.step,
    })
  }
}
