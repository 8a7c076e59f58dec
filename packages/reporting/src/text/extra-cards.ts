import { type JsonObject, plainText } from '@traceml/contracts'
import { clip, TEXT_WIDTH } from './box.js'

/** Lines of one section at most. */
const MAX_LINES = 40

/** The cards of registered sections, each as it is, clipped to the width of the text card. */
export function extraCards(
  sections: Readonly<Record<string, JsonObject>> | undefined,
): readonly (readonly string[])[] {
  return Object.values(sections ?? {}).flatMap((section) => {
    const card = section['card']
    if (typeof card !== 'string' || card.trim() === '') return []
    return [
      plainText(card)
        .split('\n')
        .slice(0, MAX_LINES)
        .map((line) => clip(line, TEXT_WIDTH)),
    ]
  })
}
