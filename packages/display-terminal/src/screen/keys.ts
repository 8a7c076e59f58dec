import { SEQUENCE } from '../text/sequences.js'

/** A key: what it prints, or its name. */
export type Key = string

const NAMES: Readonly<Record<string, Key>> = {
  '\u001B[A': 'up',
  '\u001B[B': 'down',
  '\u001B[C': 'right',
  '\u001B[D': 'left',
  '\u001BOA': 'up',
  '\u001BOB': 'down',
  '\u001BOC': 'right',
  '\u001BOD': 'left',
  '\u001B[5~': 'pageup',
  '\u001B[6~': 'pagedown',
  '\u001B[H': 'home',
  '\u001B[F': 'end',
  '\u001B[1~': 'home',
  '\u001B[4~': 'end',
  '\u001B[Z': 'shift-tab',
  '\u001B': 'escape',
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  ' ': 'space',
  '\u007F': 'backspace',
  '\b': 'backspace',
}

/** Arrow keys of some terminals are no control sequences. */
const TOKENS = new RegExp(`\\u001BO[@-~]|${SEQUENCE}|\\P{Cs}`, 'gu')

/** The keys in what a terminal sent; sequences that have no name here are left out. */
export function parseKeys(text: string): readonly Key[] {
  return (text.match(TOKENS) ?? []).flatMap((token) => {
    const name = NAMES[token]
    if (name !== undefined) return [name]
    return /^\P{Cc}$/u.test(token) ? [token] : []
  })
}
