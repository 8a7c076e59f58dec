import { plainText } from '@traceml/contracts'
import { wantsColor } from './color.js'
import { colorCard } from './color-card.js'
import { fitCard } from './fit-card.js'

/**
 * A text card as a stream can show it: as wide as the terminal, coloured there only, and without
 * anything in it that steers a terminal, wherever the card comes from.
 */
export function forTerminal(
  card: string,
  stream: { readonly isTTY?: boolean; readonly columns?: number },
): string {
  const plain = plainText(card)
  const fitted = stream.isTTY === true ? fitCard(plain, stream.columns ?? 80) : plain
  return wantsColor(stream) ? colorCard(fitted) : fitted
}
