import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { parseTolerantJson } from '@traceml/reporting/node'

/** The verdict stands at the head of a summary; the rest can be a hundred times as long. */
const HEAD_BYTES = 16_384

/**
 * The values of some top-level keys of a JSON object, read from the head of its file; the whole file
 * is read only where the head does not have them. Keys that are not there are left out.
 *
 * @throws the error of the file system, or a SyntaxError.
 */
export function readHead(path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const head = firstText(path)
  if (!head.isWhole) {
    const found = scanHead(head.text, keys)
    if (keys.every((key) => Object.hasOwn(found, key))) return found
  }
  const whole = parseTolerantJson(head.isWhole ? head.text : readFileSync(path, 'utf8'))
  return typeof whole === 'object' && whole !== null ? (whole as Record<string, unknown>) : {}
}

function firstText(path: string): { readonly text: string; readonly isWhole: boolean } {
  const buffer = Buffer.alloc(HEAD_BYTES)
  const file = openSync(path, 'r')
  try {
    const length = readSync(file, buffer, 0, HEAD_BYTES, 0)
    return { text: buffer.toString('utf8', 0, length), isWhole: length < HEAD_BYTES }
  } finally {
    closeSync(file)
  }
}

/** Walks through the text and cuts out the wanted values that are complete in it. */
function scanHead(text: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const found: [string, unknown][] = []
  let depth = 0
  let key: string | null = null
  let start = -1
  const take = (end: number): void => {
    if (depth === 1 && key !== null && start >= 0 && keys.includes(key)) {
      found.push([key, parseTolerantJson(text.slice(start, end))])
    }
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      if (end < 0) break
      if (depth === 1 && start < 0) key = JSON.parse(text.slice(at, end + 1)) as string
      at = end
    } else if (character === ':' && depth === 1 && start < 0) start = at + 1
    else if (character === '{' || character === '[') depth += 1
    else if ((character === ',' || character === '}') && depth === 1) {
      take(at)
      key = null
      start = -1
      if (character === '}') break
    } else if (character === '}' || character === ']') depth -= 1
  }
  return Object.fromEntries(found)
}

/** Index of the quote that ends the string which begins at `start`; -1 when it does not end. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return -1
}
